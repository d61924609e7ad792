import assert from "node:assert/strict";
import { test } from "node:test";

import { listTables } from "../../static/js/panels/rows.js";
import { accountNode } from "../../static/js/panels/nodes.js";
import { isReached } from "../../static/js/panels/rules.js";
import { findBeat, loadGraph, names } from "./graphs.js";

const plain = (latex) => latex.replace(/\\html(Data|Class)\{[^{}]*\}/g, "").replace(/[{}]/g, "");

test("a node of the product: its value, and its gradient as upstream times local", () => {
  const trace = loadGraph("product");
  const account = accountNode(trace, "q");
  assert.equal(account.value, 3);
  assert.equal(plain(account.rules[1].numbers), "-4 = 1 \\cdot -4");
  assert.equal(account.rows.at(-1).value, -4);
  const known = findBeat(trace, "node", "q") + 1;
  assert.equal(isReached(trace, known, account.at), true);
  assert.equal(isReached(trace, known - 0.1, account.at), false);
  assert.equal(isReached(trace, known, account.rows.at(-1).at), false);
});

test("a fork: the sum term by term", () => {
  const trace = loadGraph("fork");
  const account = accountNode(trace, "a");
  assert.equal(account.rows.length, 3);
  const terms = account.rows.slice(0, -1).reduce((sum, { value }) => sum + value, 0);
  assert.ok(Math.abs(terms - account.rows.at(-1).value) < 1e-12);
  assert.equal(account.update.after, trace.updates.a.after);
});

test("an edge: the message, its factors and where they stand", () => {
  const trace = loadGraph("product");
  const account = accountNode(trace, "f:0");
  assert.equal(account.kind, "Message");
  assert.equal(account.note, "from f back to q");
  assert.deepEqual(account.rows.map(({ value }) => value), [1, -4, -4]);
  assert.equal(plain(account.rules[0].numbers), "-4 = 1 \\cdot -4");
  assert.equal(accountNode(trace, "f:2"), null);
  assert.equal(accountNode(trace, "nothing"), null);
});

test("what is several numbers comes as grids, of the chosen sample", () => {
  const trace = loadGraph("xor");
  const [value, grad] = accountNode(trace, "layer1.a").grids;
  const node = trace.nodes.find(({ id }) => id === "layer1.a");
  assert.deepEqual(value.rows, node.value[trace.sample].map((entry) => [entry]));
  assert.deepEqual(grad.rows, node.grad[trace.sample].map((entry) => [entry]));
  assert.equal(accountNode(trace, "layer1.weight").grids.length, 3);
});

for (const name of names) {
  test(`everything in ${name} can be accounted for and stands in the table`, () => {
    const trace = loadGraph(name);
    const [loss, { rows }] = listTables(trace);
    assert.equal(loss.rows[0].cells[0].value, trace.loss);
    assert.ok(isReached(trace, trace.beats.length, loss.rows[0].cells[0].at));
    assert.ok(!isReached(trace, 1, loss.rows[0].cells[0].at));
    for (const { id, inputs } of trace.nodes) {
      assert.ok(rows.some((row) => row.id === id), id);
      for (const part of [id, ...inputs.map((_, i) => `${id}:${i}`)]) {
        const account = accountNode(trace, part);
        assert.ok(account, part);
        for (const { symbols, numbers } of account.rules) {
          for (const latex of [symbols, numbers]) {
            assert.equal(latex.split("{").length, latex.split("}").length, latex);
            assert.doesNotMatch(latex, /undefined|null|NaN(?!\})/);
          }
        }
      }
    }
    for (const { name: title } of rows) assert.ok(title);
  });
}

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { giveAccount, isReached } from "../../static/js/panels/rules.js";

const load = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));
const plain = (/** @type {string} */ latex) => latex.replace(/\\html(Data|Class)\{[^{}]*\}/g, "").replace(/[{}]/g, "");
const neuron = load("neuron");

test("the weight of the worked example: 4 = 2 · 1 · 2", () => {
  const account = giveAccount(neuron, "layer1.weight[0][0]");
  assert.equal(account?.value, 0.5);
  assert.equal(account?.note, "from x to layer 1, unit 1");
  assert.equal(plain(account?.rules[0].numbers ?? ""), "+4 = 2 \\cdot 1 \\cdot 2");
  assert.deepEqual(account?.rows.map(({ value }) => value), [2, 1, 2, 4]);
  assert.equal(account?.update?.after, neuron.weights[0].after);
});

test("the bias, the unit, the input, the target and the loss", () => {
  assert.equal(plain(giveAccount(neuron, "layer1.bias[0]")?.rules[0].numbers ?? ""), "2 = 2");
  const unit = giveAccount(neuron, "layer1[0]");
  assert.equal(plain(unit?.rules[0].numbers ?? ""), "1 = 0.5 \\cdot 2 + 0");
  assert.equal(unit?.rows.at(-1)?.value, 2);
  assert.equal(plain(giveAccount(neuron, "x[0]")?.rules[0].numbers ?? ""), "1 = 0.5 \\cdot 2");
  assert.equal(giveAccount(neuron, "y[0]")?.value, 0);
  assert.equal(giveAccount(neuron, "loss")?.value, 1);
  assert.equal(giveAccount(neuron, "nothing"), null);
});

test("nothing is known before its beat", () => {
  const weights = neuron.beats.findIndex((/** @type {any} */ beat) => beat.kind === "weights");
  const at = { kind: "weights", layer: 1 };
  assert.equal(isReached(neuron, weights, at), false);
  assert.equal(isReached(neuron, weights + 0.9, at), false);
  assert.equal(isReached(neuron, weights + 1, at), true);
  assert.equal(isReached(neuron, 0, { kind: "given", layer: null }), true);
  assert.equal(isReached(neuron, 99, { kind: "slope", layer: 7 }), false);
});

for (const name of ["mazur", "xor", "softmax", "shares", "deep", "overflow", "wide", "dead"]) {
  test(`everything in ${name} can be accounted for`, () => {
    const trace = load(name);
    const ids = ["loss", "y[0]", ...trace.weights.map((/** @type {any} */ w) => w.id)];
    for (const unit of trace.units) ids.push(unit.id, ...(unit.bias_id ? [unit.bias_id] : []));
    for (const id of ids) {
      const account = giveAccount(trace, id);
      assert.ok(account, id);
      for (const { symbols, numbers } of account.rules) {
        for (const latex of [symbols, numbers]) {
          assert.equal(latex.split("{").length, latex.split("}").length, latex);
          assert.doesNotMatch(latex, /undefined|null|NaN(?!\})/);
          assert.ok(latex.length < 4000);
        }
      }
    }
  });
}

test("the samples' shares of a batch add up to the gradient", () => {
  const trace = load("xor");
  for (const { id, grad } of trace.weights) {
    const account = giveAccount(trace, id);
    const total = (account?.contributions?.values ?? []).reduce((/** @type {number} */ sum, value) => sum + Number(value), 0);
    assert.ok(Math.abs(total - grad) < 1e-12);
  }
});

test("the samples' shares come with their own layer's gradient, not with the first", () => {
  const trace = load("xor");
  const done = (/** @type {number} */ layer) => 1 + trace.beats.findIndex((/** @type {any} */ beat) => beat.kind === "weights" && beat.layer === layer);
  const entries = [...trace.weights, ...trace.units.filter((/** @type {any} */ unit) => unit.bias_id).map((/** @type {any} */ unit) => ({ id: unit.bias_id, layer: unit.layer }))];
  assert.ok(done(1) > done(2));
  for (const { id, layer } of entries) {
    const contributions = giveAccount(trace, id)?.contributions;
    assert.ok(contributions, id);
    assert.equal(isReached(trace, done(layer) - 1, contributions.at), false, id);
    assert.equal(isReached(trace, done(layer), contributions.at), true, id);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { readNumber } from "../../../static/js/views/editor.js";
import { readEditable, walk } from "../../../static/js/views/walk.js";
import { loadTrace } from "../fixtures.js";

const trace = loadTrace("small");

test("forward leads from an input over edges and units to the loss, back returns", () => {
  const path = ["x[0]"];
  for (let next = walk(trace, path[0], "forward"); next; next = walk(trace, next, "forward")) path.push(next);
  assert.deepEqual(path, ["x[0]", "layer1.weight[0][0]", "layer1[0]", "layer2.weight[0][0]", "layer2[0]", "loss"]);
  const back = ["loss"];
  for (let next = walk(trace, "loss", "back"); next; next = walk(trace, next, "back")) back.push(next);
  assert.deepEqual(back, path.reverse());
});

test("across leads to every weight, bias and target", () => {
  for (const [start, count] of [["x[0]", 2], ["layer1[0]", 3], ["layer1.weight[0][0]", 9], ["loss", 3]]) {
    const seen = [start];
    for (let next = walk(trace, start, "next"); next; next = walk(trace, next, "next")) seen.push(next);
    assert.equal(seen.length, count, start);
    assert.equal(walk(trace, seen[1], "previous"), start);
  }
});

test("weights, biases, inputs and targets can be edited, units and the loss cannot", () => {
  assert.equal(readEditable(trace, "x[1]"), -0.6);
  assert.equal(readEditable(trace, "y[1]"), 1);
  assert.equal(readEditable(trace, "layer1.weight[0][0]"), trace.weights[0].value);
  assert.equal(readEditable(trace, "layer1.bias[0]"), 0);
  assert.equal(readEditable(trace, "layer1[0]"), null);
  assert.equal(readEditable(trace, "loss"), null);
});

test("numbers are read as people write them", () => {
  assert.equal(readNumber(" 0,5 "), 0.5);
  assert.equal(readNumber("\u22121.5e-3"), -0.0015);
  for (const wrong of ["", "abc", "1.2.3", "Infinity", "1,000.5"]) assert.equal(readNumber(wrong), null, wrong);
});

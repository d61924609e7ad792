import assert from "node:assert/strict";
import { test } from "node:test";
import { withSpec, withValue } from "../../static/js/state/questions.js";
import { withSteps } from "../../static/js/state/sequences.js";

const question = (spec = {}) => ({
  network: {
    spec: { kind: "recurrent", inputs: 1, units: 2, outputs: 1, cell: "c", loss: "l", loss_at: "last", initializer: "i", recurrent_initializer: { name: "o", gain: 1 }, bias_initializer: null, seed: 0, ...spec },
    parameters: {
      "cell.weight_ih": [[1], [2], [3], [4], [5], [6]],
      "cell.weight_hh": [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10], [11, 12]],
      "cell.bias": [0, 0, 0, 0, 0, 0],
      "output.weight": [[1, 2]],
      "output.bias": [0],
    },
    trainable: { "cell.bias": false },
    optimizer_state: { name: "o", t: 3, slots: {} },
    step: 3,
  },
  inputs: [[[1], [2], [3]], [[4], [5], [6]]],
  targets: [[7], [8]],
  optimizer: { name: "o" },
  sample: 1,
  preset: "p",
});
const every = () => ({ ...question({ loss_at: "every" }), targets: [[[1], [2], [3]], [[4], [5], [6]]] });
const change = (before, part, kind = "any") => withSpec(before, { ...before.network.spec, ...part }, kind);
const kept = ({ network }) => Object.keys(network.parameters);
const fit = (row) => row.map((value) => value + 100);

test("an entry of the sample's sequence can be changed, and of a shared parameter", () => {
  const before = question();
  assert.deepEqual(withValue(before, "time2.x[0]", -1).inputs, [[[1], [2], [3]], [[4], [-1], [6]]]);
  assert.deepEqual(withValue(before, "time3.y[0]", -1).targets, [[7], [-1]]);
  assert.deepEqual(withValue(every(), "time2.y[0]", -1).targets, [[[1], [2], [3]], [[4], [-1], [6]]]);
  assert.equal(withValue(before, "cell.weight_hh[5][1]", 0).network.parameters["cell.weight_hh"][5][1], 0);
  assert.deepEqual(withValue(before, "output.bias[0]", 2).network.parameters["output.bias"], [2]);
  assert.deepEqual(before, question());
});

test("what is no place of a sequence changes nothing", () => {
  const before = question();
  for (const id of ["time2.h", "loss", "time1.z_hh:0"]) assert.equal(withValue(before, id, 1), before);
});

test("truncation and activation keep every parameter, and what was learned is forgotten", () => {
  for (const part of [{ truncate: 2 }, { activation: "other" }]) {
    const after = change(question(), part);
    assert.deepEqual(after.network.parameters, question().network.parameters);
    assert.equal(after.network.optimizer_state, null);
    assert.equal(after.network.step, 0);
    assert.equal(after.preset, null);
    assert.deepEqual(after.network.trainable, { "cell.bias": false });
  }
});

test("another cell or size draws what no longer fits", () => {
  assert.deepEqual(kept(change(question(), { cell: "d" })), ["output.weight", "output.bias"]);
  assert.deepEqual(kept(change(question(), { units: 3 })), ["output.bias"]);
  assert.deepEqual(kept(change(question(), { outputs: 2 })), ["cell.weight_ih", "cell.weight_hh", "cell.bias"]);
  assert.deepEqual(kept(change(question(), { inputs: 2 })), ["cell.weight_hh", "cell.bias", "output.weight", "output.bias"]);
});

test("another start draws what it is for", () => {
  assert.deepEqual(kept(change(question(), { initializer: "j" })), ["cell.weight_hh", "cell.bias"]);
  assert.deepEqual(kept(change(question(), { recurrent_initializer: { name: "o", gain: 2 } })), ["cell.weight_ih", "output.weight", "output.bias"]);
  assert.deepEqual(kept(change(question(), { bias_initializer: { name: "n" } })), ["cell.weight_ih", "cell.weight_hh", "output.weight"]);
  assert.deepEqual(kept(change(question(), { seed: 1 })), []);
});

test("sequences and targets follow the sizes", () => {
  assert.deepEqual(change(question(), { inputs: 2 }).inputs[0], [[1, 0], [2, 0], [3, 0]]);
  assert.deepEqual(change(question(), { outputs: 2 }).targets, [[7, 0], [8, 0]]);
  assert.deepEqual(change(every(), { outputs: 2 }).targets[1], [[4, 0], [5, 0], [6, 0]]);
});

test("a loss at every step takes the one target for all, a loss at the last the last of them", () => {
  assert.deepEqual(change(question(), { loss_at: "every" }).targets, [[[7], [7], [7]], [[8], [8], [8]]]);
  assert.deepEqual(change(every(), { loss_at: "last" }).targets, [[3], [6]]);
  assert.deepEqual(change(every(), { loss: "m" }, "signs").targets[0], [[1], [1], [1]]);
});

test("more steps go on with zeros, fewer cut the end", () => {
  assert.deepEqual(withSteps(question(), 4, fit).inputs, [[[1], [2], [3], [0]], [[4], [5], [6], [0]]]);
  assert.deepEqual(withSteps(question(), 4, fit).targets, [[7], [8]]);
  assert.deepEqual(withSteps(every(), 2, fit).targets, [[[1], [2]], [[4], [5]]]);
  assert.deepEqual(withSteps(every(), 4, fit).targets[0], [[1], [2], [3], [100]]);
  assert.equal(withSteps(question(), 4, fit).preset, null);
});

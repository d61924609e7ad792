import assert from "node:assert/strict";
import { test } from "node:test";
import { fitTarget, withSpec, withValue } from "../../static/js/state/questions.js";

const question = () => ({
  network: {
    spec: { kind: "dense", inputs: 2, layers: [{ units: 2, activation: "a" }, { units: 1, activation: "b" }], loss: "l", seed: 0 },
    parameters: {
      "layer1.weight": [[1, 2], [3, 4]],
      "layer1.bias": [5, 6],
      "layer2.weight": [[7, 8]],
      "layer2.bias": [9],
    },
    trainable: { "layer1.weight": true, "layer2.bias": false },
    optimizer_state: { name: "o", t: 3, slots: {} },
    step: 3,
  },
  inputs: [[1, 2], [3, 4]],
  targets: [[0], [1]],
  optimizer: { name: "o" },
  sample: 1,
  preset: "p",
});

test("a weight, a bias, an input and a target can be changed", () => {
  const before = question();
  assert.deepEqual(withValue(before, "layer1.weight[1][0]", -3).network.parameters["layer1.weight"], [[1, 2], [-3, 4]]);
  assert.deepEqual(withValue(before, "layer1.bias[1]", 0).network.parameters["layer1.bias"], [5, 0]);
  assert.deepEqual(withValue(before, "x[1]", 7).inputs, [[1, 2], [3, 7]]);
  assert.deepEqual(withValue(before, "y[0]", 7).targets, [[0], [7]]);
  assert.deepEqual(before, question());
});

test("what is no place changes nothing", () => {
  const before = question();
  assert.equal(withValue(before, "loss", 1), before);
  assert.equal(withValue(before, "layer9.weight[0][0]", 1), before);
});

test("another width keeps the parameters that still fit", () => {
  const spec = { ...question().network.spec, layers: [{ units: 3, activation: "a" }, { units: 1, activation: "b" }] };
  const { network, preset } = withSpec(question(), spec, "any");
  assert.deepEqual(Object.keys(network.parameters), ["layer2.bias"]);
  assert.equal(network.optimizer_state, null);
  assert.equal(network.step, 0);
  assert.equal(preset, null);
});

test("another activation keeps every parameter", () => {
  const spec = { ...question().network.spec, layers: [{ units: 2, activation: "c" }, { units: 1, activation: "b" }] };
  assert.deepEqual(withSpec(question(), spec, "any").network.parameters, question().network.parameters);
});

test("another seed or initializer draws anew", () => {
  const { spec } = question().network;
  assert.deepEqual(withSpec(question(), { ...spec, seed: 1 }, "any").network.parameters, {});
  const layers = [{ ...spec.layers[0], initializer: "i" }, spec.layers[1]];
  assert.deepEqual(Object.keys(withSpec(question(), { ...spec, layers }, "any").network.parameters), ["layer2.weight", "layer2.bias"]);
});

test("samples are cut or filled to fit", () => {
  const { spec } = question().network;
  const wide = withSpec(question(), { ...spec, inputs: 3, layers: [spec.layers[0], { units: 2 }] }, "any");
  assert.deepEqual(wide.inputs, [[1, 2, 0], [3, 4, 0]]);
  assert.deepEqual(wide.targets, [[0, 0], [1, 0]]);
  assert.deepEqual(withSpec(question(), { ...spec, inputs: 1 }, "any").inputs, [[1], [3]]);
});

test("a parameter that is gone is no longer frozen or free", () => {
  const { spec } = question().network;
  const one = withSpec(question(), { ...spec, layers: [spec.layers[1]] }, "any");
  assert.deepEqual(one.network.trainable, { "layer1.weight": true });
});

test("targets are brought to what the loss can take", () => {
  assert.deepEqual(fitTarget([0.2, 3], "any"), [0.2, 3]);
  assert.deepEqual(fitTarget([0, 0.5], "signs"), [-1, 1]);
  assert.deepEqual(fitTarget([-1, 0.5, 2], "probabilities"), [0, 0.5, 1]);
  assert.deepEqual(fitTarget([0.25, 0.75], "distribution"), [0.25, 0.75]);
  assert.deepEqual(fitTarget([0, 0], "distribution"), [1, 0]);
  assert.deepEqual(fitTarget([0.1, 5], "distribution"), [0, 1]);
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createStore } from "../../../static/js/state/store.js";
import { readFragment, writeFragment } from "../../../static/js/state/url.js";

const trace = JSON.parse(readFileSync(new URL("../fixtures/neuron.json", import.meta.url), "utf8"));

const preset = {
  name: "product",
  title: "",
  summary: "",
  network: { spec: { kind: "expression", expression: "f = (x + y) * z", parameters: ["z"], seed: 0 }, parameters: { z: -4 }, trainable: { z: true }, step: 3 },
  inputs: { x: -2, y: 5 },
  targets: null,
  optimizer: { name: "o" },
};
const catalog = { presets: [preset] };

const open = () => createStore(/** @type {any} */ ({ catalog, trace: { ...trace, network: preset.network }, preset }));

test("a text that is typed keeps the values of its names, and new names begin at 1", () => {
  const { state, actions } = open();
  actions.changeExpression("f = (x + y) * z + w");
  assert.deepEqual(state.inputs.value, { x: -2, y: 5, w: 1 });
  assert.deepEqual(state.network.value.parameters, { z: -4 });
  assert.deepEqual(state.network.value.spec.parameters, ["z"]);
  assert.equal(state.network.value.step, 0);
  assert.equal(state.preset.value, null);
});

test("a name that goes and comes back is what it was", () => {
  const { state, actions } = open();
  actions.changeExpression("f = x");
  assert.deepEqual(state.inputs.value, { x: -2 });
  assert.deepEqual(state.network.value.spec.parameters, []);
  actions.changeExpression("f = x + z * y");
  assert.deepEqual(state.inputs.value, { x: -2, y: 5 });
  assert.deepEqual(state.network.value.parameters, { z: -4 });
});

test("a value is set where the name has it", () => {
  const { state, actions } = open();
  actions.setValue("x", 7);
  actions.setValue("z", 8);
  actions.setValue("constructor", 9);
  assert.deepEqual(state.inputs.value, { x: 7, y: 5 });
  assert.deepEqual(state.network.value.parameters, { z: 8 });
});

test("an input can become a parameter and the other way round", () => {
  const { state, actions } = open();
  actions.setLearning("x", true);
  actions.setLearning("z", false);
  assert.deepEqual(state.inputs.value, { y: 5, z: -4 });
  assert.deepEqual(state.network.value.parameters, { x: -2 });
  assert.deepEqual(state.network.value.spec.parameters, ["x"]);
});

test("what was one gesture is undone at once", () => {
  const { state, actions } = open();
  for (const value of [1, 2, 3]) actions.setValue("x", value, true);
  actions.settle();
  for (const value of [4, 5]) actions.setValue("x", value, true);
  actions.setValue("y", 0, true);
  actions.undo();
  assert.deepEqual(state.inputs.value, { x: 5, y: 5 });
  actions.undo();
  assert.deepEqual(state.inputs.value, { x: 3, y: 5 });
  actions.undo();
  assert.deepEqual(state.inputs.value, { x: -2, y: 5 });
  assert.equal(state.canUndo.value, false);
});

test("an address brings a formula back", () => {
  const question = { network: { spec: { ...preset.network.spec, expression: "x + z" }, parameters: { z: 1 } }, inputs: { x: 0.1 }, targets: null, optimizer: preset.optimizer, sample: 0, preset: null };
  const fragment = writeFragment(question, { view: "graph", playhead: 2 }, /** @type {any} */ (catalog));
  assert.deepEqual(readFragment(fragment, /** @type {any} */ (catalog))?.question, question);
  const named = readFragment("#preset=product&at=1", /** @type {any} */ (catalog));
  assert.deepEqual(named?.question.inputs, preset.inputs);
});

test("an address of another room or without sense is no address", () => {
  const write = (/** @type {unknown} */ value) => `#state=${btoa(JSON.stringify(value))}`;
  const good = { network: preset.network, inputs: preset.inputs, targets: null, optimizer: preset.optimizer };
  assert.notEqual(readFragment(write(good), /** @type {any} */ (catalog)), null);
  const bad = [
    { ...good, inputs: [[1]] },
    { ...good, inputs: { x: "1" } },
    { ...good, network: { ...good.network, parameters: undefined } },
    { ...good, network: { ...good.network, spec: { kind: "expression" } } },
    { network: trace.network, inputs: [[2]], targets: [[0]], optimizer: { name: "o" } },
  ];
  for (const value of bad) assert.equal(readFragment(write(value), /** @type {any} */ (catalog)), null, JSON.stringify(value));
});

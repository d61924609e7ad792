import assert from "node:assert/strict";
import { test } from "node:test";
import { createPlayground } from "../../../static/js/state/playground.js";
import { createStore } from "../../../static/js/state/store.js";

const preset = {
  name: "product",
  title: "",
  summary: "",
  network: { spec: { kind: "expression", expression: "f = (x + y) * z", parameters: ["z"], seed: 0 }, parameters: { z: -4 }, trainable: { z: true }, step: 0 },
  inputs: { x: -2, y: 5 },
  targets: null,
  optimizer: { name: "o" },
};

/** What the API would answer, as far as the room reads it. */
const answer = ({ network, inputs }) => ({
  network,
  inputs,
  targets: null,
  loss: -12,
  nodes: Object.entries({ ...inputs, ...network.parameters }).map(([id, value]) => ({ id, value, grad: value / 2, inputs: [], messages: [] })),
  beats: [{ kind: "leaves", phase: "forward", nodes: [] }, { kind: "seed", phase: "backward", nodes: ["f"] }],
  health: { first_non_finite: null },
});

const open = () => {
  const trace = answer(preset);
  const store = createStore(/** @type {any} */ ({ catalog: { presets: [preset] }, trace, preset }));
  return { store, playground: createPlayground(store) };
};

test("names come in the order of the text, with what they are", () => {
  const { store, playground } = open();
  assert.deepEqual([...playground.names.value], [["x", { value: -2, learns: false }], ["y", { value: 5, learns: false }], ["z", { value: -4, learns: true }]]);
  store.actions.changeExpression("f = w * z");
  assert.deepEqual([...playground.names.value.keys()], ["w", "z"]);
});

test("the curve is asked for with an array in the place of the name under the axis", () => {
  const { playground } = open();
  const { name, reach, x, body } = playground.asked.value;
  assert.deepEqual([name, reach, x.length, x[0], x[80], x[160]], ["x", 5, 161, -5, 0, 5]);
  const { network, inputs } = JSON.parse(body);
  assert.deepEqual(inputs, { x, y: 5 });
  assert.deepEqual(network.parameters, { z: -4 });
});

test("a parameter under the axis is asked for as an input", () => {
  const { playground } = open();
  playground.chooseAxis("z");
  const { network, inputs } = JSON.parse(playground.asked.value.body);
  assert.deepEqual(network.spec.parameters, []);
  assert.deepEqual(network.parameters, {});
  assert.deepEqual(Object.keys(inputs), ["x", "y", "z"]);
  assert.deepEqual(playground.touch.value, { x: -4, y: -12, slope: -2 });
});

test("the curve does not depend on the value under the axis", () => {
  const { store, playground } = open();
  const { body } = playground.asked.value;
  store.actions.setValue("x", 3);
  store.actions.receive(/** @type {any} */ (answer(store.question())));
  assert.equal(playground.touch.value.x, 3);
  assert.equal(playground.asked.value.body, body);
  store.actions.setValue("y", 3);
  store.actions.receive(/** @type {any} */ (answer(store.question())));
  assert.notEqual(playground.asked.value.body, body);
});

test("an axis whose name is gone gives way to the first", () => {
  const { store, playground } = open();
  playground.chooseAxis("z");
  store.actions.changeExpression("f = x * y");
  assert.equal(playground.axis.value, "z");
  store.actions.receive(/** @type {any} */ (answer(store.question())));
  assert.equal(playground.axis.value, "x");
});

test("a range widens with its value, but not under the hand", () => {
  const { store, playground } = open();
  const reach = () => playground.reaches.value.get("x");
  assert.equal(reach(), 5);
  playground.slide("x", 5);
  assert.equal(reach(), 5);
  playground.settle();
  assert.equal(reach(), 10);
  store.actions.setValue("x", 1);
  assert.equal(reach(), 10);
  store.actions.setValue("x", 3000);
  assert.equal(reach(), 5000);
  store.actions.setValue("x", 1);
  assert.equal(reach(), 5);
});

test("a hand faster than the answers is followed at its newest place, and undone at once", () => {
  const { store, playground } = open();
  const { state, actions } = store;
  playground.slide("x", 1);
  actions.wait();
  playground.slide("x", 2);
  playground.slide("x", 3);
  assert.equal(state.inputs.value.x, 1);
  actions.receive(/** @type {any} */ (answer(store.question())));
  assert.equal(state.inputs.value.x, 3);
  actions.wait();
  playground.slide("x", 4);
  playground.settle();
  assert.equal(state.inputs.value.x, 4);
  actions.receive(/** @type {any} */ (answer(store.question())));
  assert.equal(state.inputs.value.x, 4);
  actions.undo();
  assert.equal(state.inputs.value.x, -2);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { ALL, createInspection, makeInquiry } from "../../../static/js/state/inspection.js";
import { createStore } from "../../../static/js/state/store.js";
import { explained } from "../explained.js";
import { loadGraph } from "../graphs.js";

const open = (trace, id = null) => {
  const { network, inputs, targets } = trace;
  const preset = { name: "p", network, inputs, targets, optimizer: { name: "o" } };
  const store = createStore(/** @type {any} */ ({ catalog: { presets: [preset] }, trace, preset }));
  const inspection = createInspection(store);
  store.actions.select(id);
  return { ...store, inspection };
};

/** The inspection after the API's answer. */
const ask = (name) => {
  const { trace, id, explanation } = explained[name];
  const opened = open(trace, id);
  opened.inspection.receive({ answer: explanation }, opened.inspection.asked.value);
  return opened;
};

test("what is selected is asked about, with the run that is on the screen", () => {
  for (const [name, of] of [
    ["mazur", { node: "layer1.weight", index: [0, 0] }],
    ["softmax", { node: "layer1.bias", index: [2] }],
    ["shares", { node: "layer2.a", index: [1] }],
    ["neuron", { node: "layer1.weight", index: [0, 0] }],
    ["fork", { node: "b", index: [] }],
  ]) {
    const { trace, id } = explained[name];
    const { path, body } = open(trace, id).inspection.asked.value;
    const asked = JSON.parse(body);
    assert.equal(path, "/networks/explain");
    assert.deepEqual(asked.of, of);
    assert.deepEqual([asked.inputs, asked.targets ?? null, asked.sample], [trace.inputs, trace.targets, trace.sample]);
    assert.deepEqual(asked.network.parameters, trace.network.parameters);
  }
});

test("nothing is asked about nothing, the loss, an edge, or a unit's own graph", () => {
  const { trace } = explained.neuron;
  for (const id of [null, "loss", "layer1.z:0", "y:0"]) assert.equal(open(trace, id).inspection.asked.value, null, String(id));
  assert.equal(open(explained.mazur.trace, "loss").inspection.asked.value, null);
  const opened = open(trace, "layer1.z");
  assert.notEqual(opened.inspection.asked.value, null);
  opened.actions.open("layer1[0]");
  assert.equal(opened.inspection.asked.value, null);
});

test("of a node with several entries one is chosen", () => {
  const { inspection } = open(loadGraph("xor"), "layer1.weight");
  const { places, place, value } = inspection.chosen.value;
  assert.equal(places.length, 8);
  assert.equal(place, "[0][0]");
  inspection.choosePlace("[3][1]");
  const { trace } = { trace: loadGraph("xor") };
  const weight = trace.nodes.find(({ id }) => id === "layer1.weight");
  assert.equal(inspection.chosen.value.value, weight.value[3][1]);
  assert.notEqual(value, weight.value[3][1]);
  assert.equal(inspection.chosen.value.edit, "layer1.weight[3][1]");
  assert.deepEqual(JSON.parse(inspection.asked.value.body).of.index, [3, 1]);
});

test("of a batch, the value of a node is the shown sample's", () => {
  const trace = { ...loadGraph("xor"), sample: 2 };
  const { inspection } = open(trace, "layer1.z");
  const { value, grad, edit } = inspection.chosen.value;
  const node = trace.nodes.find(({ id }) => id === "layer1.z");
  assert.deepEqual([value, grad, edit], [node.value[2][0], node.grad[2][0], null]);
  const asked = JSON.parse(inspection.asked.value.body);
  assert.deepEqual([asked.of, asked.sample], [{ node: "layer1.z", index: [0] }, 2]);
});

test("what the gradients are of has a name", () => {
  assert.equal(open(explained.mazur.trace).inspection.goal.value, "the loss");
  assert.equal(open(explained.fork.trace).inspection.goal.value, "g");
  assert.equal(open({ ...explained.fork.trace, loss_node: "n7", loss_latex: "\\tanh(e)" }).inspection.goal.value, "the output");
});

test("routes are those of the shown sample; the others are kept apart", () => {
  const { inspection } = ask("xor");
  assert.deepEqual(inspection.routes.value.map(({ sample }) => sample), [0]);
  assert.equal(inspection.others.value.length, 3);
});

test("a hand's path is lit before the pinned one, and pressing again lets go", () => {
  const { inspection } = ask("mazur");
  const [first, second] = inspection.routes.value.map(({ key }) => key);
  assert.equal(inspection.light.value, null);
  inspection.pin(first);
  assert.ok(inspection.light.value.parts.has("layer2[0]"));
  inspection.point(second);
  assert.ok(!inspection.light.value.parts.has("layer2[0]"));
  inspection.point(null);
  assert.ok(inspection.light.value.parts.has("layer2[0]"));
  inspection.pin(ALL);
  assert.ok(inspection.light.value.parts.has("layer2[0]") && inspection.light.value.parts.has("layer2[1]"));
  inspection.pin(ALL);
  assert.equal(inspection.light.value, null);
});

test("an answer to another question is no answer", () => {
  const { inspection, actions } = ask("mazur");
  const about = inspection.asked.value;
  assert.equal(inspection.routes.value.length, 2);
  actions.select("layer1.weight[0][1]");
  assert.equal(inspection.explanation.value, null);
  assert.deepEqual(inspection.routes.value, []);
  inspection.receive({ problem: { title: "", detail: "no", errors: [] } }, about);
  assert.equal(inspection.problem.value, null);
});

test("light goes out with the selection", () => {
  const { inspection, actions } = ask("mazur");
  inspection.pin(ALL);
  actions.select(null);
  assert.deepEqual([inspection.light.value, inspection.pinned.value], [null, null]);
});

test("a run with masks of dropout is asked about with what they are drawn from", () => {
  const { trace } = explained.mazur;
  const plain = JSON.parse(makeInquiry(trace, "/networks/gradient-check").body);
  assert.ok(!("dropout_seed" in plain) && !("step" in plain.network));
  const network = { ...trace.network, step: 7 };
  const masked = JSON.parse(makeInquiry({ ...trace, network, dropout_seed: 0 }, "/networks/gradient-check").body);
  assert.equal(masked.dropout_seed, 0);
  assert.equal(masked.network.step, 7);
});

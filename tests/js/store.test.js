import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createStore } from "../../static/js/state/store.js";

const trace = JSON.parse(readFileSync(new URL("./fixtures/neuron.json", import.meta.url), "utf8"));

const open = () => {
  const preset = { name: "first", title: "", summary: "", network: trace.network, inputs: trace.inputs, targets: trace.targets, optimizer: { name: "o" } };
  const other = { ...preset, name: "second", inputs: [[5]] };
  const catalog = { presets: [preset, other], losses: [], activations: [], optimizers: [], initializers: [], limits: {} };
  return createStore(/** @type {any} */ ({ catalog, trace, preset }));
};

test("the page opens paused with the sample in", () => {
  const { state } = open();
  assert.equal(state.playhead.value, 1);
  assert.equal(state.playing.value, false);
  assert.equal(state.preset.value, "first");
});

test("a changed value is asked about, and can be undone and redone", () => {
  const { state, actions } = open();
  actions.setValue("layer1.weight[0][0]", 3);
  assert.equal(state.asked.value, 1);
  assert.deepEqual(state.network.value.parameters?.["layer1.weight"], [[3]]);
  assert.equal(state.canUndo.value, true);
  actions.undo();
  assert.deepEqual(state.network.value.parameters?.["layer1.weight"], [[0.5]]);
  assert.equal(state.canUndo.value, false);
  actions.redo();
  assert.deepEqual(state.network.value.parameters?.["layer1.weight"], [[3]]);
  assert.equal(state.asked.value, 3);
});

test("undo with nothing to undo does nothing", () => {
  const { state, actions } = open();
  actions.undo();
  actions.redo();
  assert.equal(state.asked.value, 0);
});

test("a refusal keeps the last trace", () => {
  const { state, actions } = open();
  actions.wait();
  actions.refuse({ title: "t", detail: "d", errors: [] });
  assert.equal(state.trace.value, trace);
  assert.equal(state.pending.value, false);
  actions.receive(trace);
  assert.equal(state.problem.value, null);
});

test("the next step goes on from the new weights", () => {
  const { state, actions } = open();
  assert.equal(actions.nextStep(), true);
  assert.equal(state.network.value, trace.next_network);
  assert.equal(state.playhead.value, 0);
  actions.receive({ ...trace, next_network: null });
  assert.equal(actions.nextStep(), false);
});

test("steps and phases move the playhead and stop the play", () => {
  const { state, actions } = open();
  actions.play();
  actions.stepForward();
  assert.equal(state.playing.value, false);
  assert.equal(state.playhead.value, 2);
  actions.nextPhase();
  assert.equal(state.playhead.value, 4);
  actions.previousPhase();
  assert.equal(state.playhead.value, 1);
  actions.last();
  assert.equal(state.playhead.value, trace.beats.length);
  actions.play();
  assert.equal(state.playhead.value, 0);
});

test("a selection that the new network does not have is let go", () => {
  const { state, actions } = open();
  actions.select("layer1.weight[0][0]");
  actions.receive(trace);
  assert.equal(state.selection.value, "layer1.weight[0][0]");
  actions.select("layer2[0]");
  actions.receive(trace);
  assert.equal(state.selection.value, null);
});

test("samples come and go, one always stays", () => {
  const { state, actions } = open();
  actions.addSample();
  assert.deepEqual(state.inputs.value, [[2], [2]]);
  assert.equal(state.sample.value, 1);
  actions.removeSample(1);
  actions.removeSample(0);
  assert.deepEqual(state.inputs.value, [[2]]);
  assert.equal(state.sample.value, 0);
});

test("another optimizer starts without the old one's memory", () => {
  const { state, actions } = open();
  actions.nextStep();
  assert.notEqual(state.network.value.optimizer_state, null);
  actions.changeOptimizer({ name: "other" });
  assert.equal(state.network.value.optimizer_state, null);
});

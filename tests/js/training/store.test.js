import assert from "node:assert/strict";
import { test } from "node:test";
import { cut, emptyHistory, record } from "../../../static/js/state/training/history.js";
import { readLink, writeLink } from "../../../static/js/state/training/link.js";
import { readMaps } from "../../../static/js/state/training/maps.js";
import { createTraining } from "../../../static/js/state/training/store.js";
import { CATALOG, NUMBERS, THREE, TWO } from "./setups.js";

const frame = (/** @type {number} */ step, more = {}) => /** @type {any} */ ({ step, epoch: 0, loss: 1 / (step + 1), validation_loss: null, metrics: { accuracy: 0.5 }, batch_loss: 1, gradient_norms: { layer1: step }, update_ratio: { layer1: 0.1 }, batch: [0], learning_rate: 0.1, network: { spec: CATALOG.setups[0].network, parameters: {}, step, optimizer_state: { name: "walk" } }, grid: null, omitted: [], ...more });

const opened = () => {
  const training = createTraining(CATALOG);
  training.actions.receiveSamples(TWO);
  return training;
};

test("frames move the network and the history on", () => {
  const { state, actions } = opened();
  actions.play();
  for (const step of [0, 5, 10]) actions.receiveFrame(frame(step), null);
  assert.equal(state.document.value.step, 10);
  assert.deepEqual(state.history.steps, [0, 5, 10]);
  assert.deepEqual(state.history.norms.layer1, [0, 5, 10]);
});

test("another network starts anew, another rate goes on", () => {
  const { state, actions } = opened();
  actions.play();
  actions.receiveFrame(frame(7), null);
  actions.change({ optimizer: { name: "walk", learning_rate: 0.2 } });
  assert.equal(state.running.value, true);
  assert.equal(state.document.value.step, 7);
  actions.change({ optimizer: { name: "run" } });
  assert.equal(state.document.value.optimizer_state, null);
  actions.changeSpec((spec) => ({ ...spec, seed: 3 }));
  assert.equal(state.running.value, false);
  assert.equal(state.document.value, null);
  assert.deepEqual(state.history.steps, []);
  actions.undo();
  assert.equal(state.setup.value.spec.seed, 0);
  assert.equal(state.canRedo.value, true);
});

test("other samples refit the network as part of the same edit", () => {
  const { state, actions } = opened();
  actions.change({ data: { dataset: "clouds", seed: 0 } });
  actions.receiveSamples(THREE);
  assert.equal(state.setup.value.spec.layers.at(-1).units, 3);
  actions.undo();
  actions.receiveSamples(TWO);
  assert.equal(state.setup.value.spec.layers.at(-1).units, 1);
  assert.equal(state.canUndo.value, false);
});

test("many points of one stroke are undone together", () => {
  const { state, actions } = opened();
  const add = () => actions.edit((setup) => ({ ...setup, data: { .../** @type {any} */ (TWO), own: "points" } }), "points");
  add();
  add();
  actions.settle();
  add();
  actions.undo();
  assert.ok("own" in state.setup.value.data);
  actions.undo();
  assert.ok("dataset" in state.setup.value.data);
});

test("divergence stops, and going back cuts the history", () => {
  const { state, actions } = opened();
  actions.play();
  for (const step of [0, 10, 20]) actions.receiveFrame(frame(step), null);
  const calm = { step: 10, parameters: {}, spec: CATALOG.setups[0].network };
  actions.receiveDivergence(/** @type {any} */ ({ step: 24, network: { step: 23 }, calm: { step: 10, network: calm } }));
  assert.equal(state.running.value, false);
  actions.goTo(calm);
  assert.equal(state.diverged.value, null);
  assert.deepEqual(state.history.steps, [0, 10]);
  actions.halveRate();
  assert.equal(state.setup.value.optimizer.learning_rate, 0.05);
  actions.change({ optimizer: { name: "walk" } });
  actions.halveRate();
  assert.equal(state.setup.value.optimizer.learning_rate, 0.25);
});

test("after the step that was walked through, the next is opened", () => {
  const { state, actions } = opened();
  actions.receiveFrame(frame(4), null);
  actions.walk();
  actions.arrive([0]);
  actions.walkOn();
  assert.equal(state.stepped.value, 1);
  actions.receiveFrame(frame(4), null);
  assert.equal(state.mode.value, "walk");
  actions.receiveFrame(frame(5), null);
  assert.equal(state.mode.value, "opening");
  actions.change({ l2: 0.1 });
  assert.equal(state.mode.value, "train");
});

test("a long history is thinned and keeps its ends", () => {
  const history = emptyHistory();
  for (let step = 0; step < 4000; step++) record(history, frame(step));
  assert.ok(history.steps.length <= 1200 && history.steps.length > 300);
  assert.equal(history.steps[0], 0);
  assert.equal(history.steps.at(-1), 3999);
  for (const column of [history.loss, history.norms.layer1, history.ratios.layer1]) assert.equal(column.length, history.steps.length);
  record(history, frame(3999, { gradient_norms: null }));
  assert.equal(history.norms.layer1.at(-1), 3999);
  cut(history, -1);
  assert.equal(history.loss.length, 0);
});

test("what is not finite leaves a gap", () => {
  const history = emptyHistory();
  record(history, frame(1, { loss: "NaN", gradient_norms: { layer1: "Infinity" } }));
  assert.deepEqual([history.loss, history.norms.layer1], [[null], [null]]);
});

test("a link brings setup, weights and pace back", () => {
  const { state, actions } = opened();
  actions.change({ l1: 0.5, validation_fraction: 0 });
  const document = { spec: state.setup.value.spec, parameters: { "layer1.weight": [[0.1, -2e-17]] }, trainable: {}, optimizer_state: null, step: 12 };
  const link = writeLink({ setup: state.setup.value, document, pace: "10" }, CATALOG);
  assert.ok(link !== null && link.length < 600);
  assert.deepEqual(readLink(link, CATALOG), { setup: state.setup.value, document, pace: "10" });
  assert.deepEqual(readLink("#setup=wave", CATALOG)?.setup.data, CATALOG.setups[2].data);
});

test("own data travels in the link; a link too long keeps the data and drops the weights", () => {
  const { state, actions } = opened();
  actions.change({ data: { ...NUMBERS, own: "table" } });
  const { setup } = { setup: state.setup.value };
  const link = writeLink({ setup, document: null, pace: "1" }, CATALOG) ?? "";
  assert.deepEqual(readLink(link, CATALOG)?.setup, setup);
  const large = { spec: setup.spec, parameters: { w: Array(9000).fill(0.123456) }, step: 3 };
  assert.equal(writeLink({ setup, document: large, pace: "1" }, CATALOG), link);
  const rows = Array.from({ length: 9000 }, () => [0.123456]);
  assert.equal(writeLink({ setup: { ...setup, data: { ...NUMBERS, own: "table", inputs: rows, targets: rows } }, document: null, pace: "1" }, CATALOG), null);
});

test("a link of nonsense says nothing", () => {
  for (const text of ["", "#training=%%%", "#training=e30", "#setup=nothing", "#training=eyJzZXR1cCI6eyJzcGVjIjp7fX19"]) {
    const found = readLink(text, CATALOG);
    assert.ok(found === null || found.setup.spec.layers.length > 0, text);
  }
});

test("maps are read row by row", () => {
  const values = Float32Array.from({ length: 8 }, (_, i) => i);
  const text = btoa(String.fromCharCode(...new Uint8Array(values.buffer)));
  const maps = readMaps({ x: [0, 1], y: [0, 1], size: 2, units_size: 2, outputs: text, units: { layer1: text } });
  assert.equal(maps?.axes, 2);
  assert.deepEqual([...(maps?.outputs[1].values ?? [])], [4, 5, 6, 7]);
  assert.deepEqual([...(maps?.units.get("layer1[1]")?.values ?? [])], [4, 5, 6, 7]);
  assert.equal(readMaps(null), null);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { sceneNudge } from "../../../static/js/scene/nudge.js";
import { createInspection } from "../../../static/js/state/inspection.js";
import { createNudge, nudgeStep } from "../../../static/js/state/nudge.js";
import { createStore } from "../../../static/js/state/store.js";
import { loadTrace } from "../fixtures.js";

const open = (name, id) => {
  const trace = loadTrace(name);
  const { network, inputs, targets } = trace;
  const preset = { name, network, inputs, targets, optimizer: { name: "o" } };
  const store = createStore(/** @type {any} */ ({ catalog: { presets: [preset] }, trace, preset }));
  const inspection = createInspection(store);
  const nudge = createNudge(store, inspection);
  store.actions.select(id);
  return { store, inspection, nudge, trace };
};

test("nothing is asked before a hand moves, then its delta first and the curve after, from the middle outward", () => {
  const { nudge } = open("neuron", "layer1.weight[0][0]");
  assert.equal(nudge.asked.value, null);
  nudge.move(0.3);
  const deltas = [];
  while (nudge.asked.value && deltas.length < 40) {
    const about = nudge.asked.value;
    const body = JSON.parse(about.body);
    assert.deepEqual([about.path, body.of, body.delta, body.sample], ["/networks/nudge", { node: "layer1.weight", index: [0, 0] }, about.delta, 0]);
    deltas.push(about.delta);
    nudge.receive({ answer: { actual: about.delta * 4 } }, about);
  }
  assert.equal(deltas[0], 0.3);
  assert.equal(nudge.known.value.size, deltas.length + 1);
  assert.deepEqual([Math.min(...deltas), Math.max(...deltas)], [-1, 1]);
  assert.ok(Math.abs(deltas[1]) < Math.abs(deltas.at(-1)));
  assert.equal(nudge.actual.value, 1.2);
  nudge.move(0.31);
  assert.equal(nudge.asked.value.delta, 0.31);
  assert.equal(nudge.actual.value, null);
});

test("the prediction is the gradient times the change", () => {
  const { nudge } = open("neuron", "layer1.weight[0][0]");
  nudge.move(0.25);
  assert.equal(nudge.predicted.value, 1);
  nudge.move(-0.5);
  assert.equal(nudge.predicted.value, -2);
});

test("what can be nudged is what can be edited", () => {
  for (const [id, node, index] of [["layer1.bias[0]", "layer1.bias", [0]], ["x[0]", "x", [0]]]) {
    const { nudge } = open("neuron", id);
    nudge.move(0.1);
    assert.deepEqual(JSON.parse(nudge.asked.value.body).of, { node, index });
  }
  assert.equal(open("neuron", "layer1[0]").nudge.subject.value, null);
  assert.equal(open("neuron", "loss").nudge.subject.value, null);
});

test("the network stays as it is until the change is kept, and that can be undone", () => {
  const { store, nudge } = open("neuron", "layer1.weight[0][0]");
  nudge.move(0.2);
  assert.equal(store.state.network.value.parameters["layer1.weight"][0][0], 0.5);
  assert.equal(store.state.canUndo.value, false);
  nudge.keep();
  assert.equal(store.state.network.value.parameters["layer1.weight"][0][0], 0.7);
  store.actions.undo();
  assert.equal(store.state.network.value.parameters["layer1.weight"][0][0], 0.5);
});

test("another number, or another run, begins anew", () => {
  const { store, nudge, trace } = open("neuron", "layer1.weight[0][0]");
  nudge.move(0.2);
  store.actions.select("x[0]");
  assert.deepEqual([nudge.delta.value, nudge.asked.value], [0, null]);
  nudge.move(0.2);
  const network = { ...trace.network, parameters: { "layer1.weight": [[3]], "layer1.bias": [0] } };
  store.actions.receive({ ...trace, network });
  assert.deepEqual([nudge.delta.value, nudge.known.value.size], [0, 1]);
});

test("a refusal is told and ends the asking until the hand moves", () => {
  const { nudge } = open("neuron", "layer1.weight[0][0]");
  nudge.move(0.2);
  nudge.receive({ problem: { title: "", detail: "no", errors: [] } }, nudge.asked.value);
  assert.equal(nudge.asked.value, null);
  assert.equal(nudge.problem.value.detail, "no");
  nudge.move(0.3);
  assert.equal(nudge.problem.value, null);
  assert.equal(nudge.asked.value.delta, 0.3);
});

test("a hand moves in round steps, as far as the number's own size", () => {
  const { store, nudge, trace } = open("neuron", "x[0]");
  assert.equal(nudge.reach.value, 2);
  assert.equal(nudgeStep(2), 0.02);
  nudge.move(0.1234567);
  assert.equal(nudge.delta.value, 0.12);
  nudge.move(99);
  assert.equal(nudge.delta.value, 2);
  store.actions.receive({ ...trace, units: trace.units.map((unit) => (unit.layer === 0 ? { ...unit, a: "NaN" } : unit)) });
  assert.equal(nudge.reach.value, 1);
});

const size = { width: 320, height: 148 };
const parse = (d) => [...d.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);

test("the picture: the tangent goes through the middle, the curve through the answers", () => {
  const known = new Map([-1, -0.5, 0, 0.5, 1].map((delta) => [delta, 2 * delta + delta ** 2]));
  const marks = new Map(sceneNudge({ reach: 1, delta: 0.5, slope: 2, known, of: "the loss" }, size).map((mark) => [mark.key, mark]));
  const [start, end] = parse(marks.get("tangent").d);
  const curve = parse(marks.get("curve").d);
  assert.equal(curve.length, 5);
  const middle = curve[2];
  assert.ok(Math.abs((start[0] + end[0]) / 2 - middle[0]) < 0.02 && Math.abs((start[1] + end[1]) / 2 - middle[1]) < 0.02);
  // Above the tangent everywhere, as x squared is above 0.
  assert.ok(marks.get("actual").y < marks.get("predicted").y);
  assert.equal(marks.get("actual").x, marks.get("predicted").x);
  assert.ok(marks.has("gap"));
});

test("the picture before an answer has the prediction alone, and no number that is none", () => {
  for (const known of [new Map([[0, 0]]), new Map([[0, 0], [0.5, "NaN"], [1, "Infinity"]])]) {
    for (const slope of [2, 0, NaN, 1e300]) {
      const marks = sceneNudge({ reach: 1, delta: 0.5, slope, known, of: "the loss" }, size);
      assert.ok(!marks.some(({ key }) => key === "actual"));
      for (const mark of marks) assert.ok(!/NaN|Infinity|null/.test(JSON.stringify(mark)), JSON.stringify(mark));
    }
  }
});

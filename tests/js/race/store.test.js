import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRaceLink, readRaceLink, writeRaceLink } from "../../../static/js/state/race/link.js";
import { askRace, askStep, askSurface, listEntries, setUpFunction, setUpOwn, setUpSlice, withAxis, writeEntry } from "../../../static/js/state/race/setup.js";
import { createRace } from "../../../static/js/state/race/store.js";

const schema = { properties: { learning_rate: { title: "learning rate", default: 0.001 } } };
const network = { spec: { kind: "dense" }, parameters: { "layer1.weight": [[0.5, -1]], "layer1.bias": [0.25] }, trainable: { "layer1.weight": true, "layer1.bias": true } };
const CATALOG = /** @type {any} */ ({
  surfaces: [
    { name: "hill", label: "Hill", latex: "", summary: "", x: [-1, 1], y: [-1, 1], start: [1, 1], minimum: [0, 0], optimizers: [{ name: "a", learning_rate: 0.1 }, { name: "b" }] },
    { name: "dale", label: "Dale", latex: "", summary: "", x: [0, 1], y: [0, 1], start: [0, 0], minimum: null, optimizers: [{ name: "a" }] },
  ],
  optimizers: ["a", "b", "c"].map((name) => ({ name, label: name.toUpperCase(), schema })),
  presets: [{ name: "net", title: "Net", network, inputs: [[1, 2]], targets: [[0]] }, { name: "formula", network: { spec: { kind: "expression" } } }],
  limits: {},
});
const LOOK = { playhead: 7, focus: null, view: "map" };
const answer = (race, steps = 3) => ({ answer: { names: ["x", "y"], start: [1, 1], racers: race.questions.race.asked.peek().racers.map(() => ({ optimizer: { name: "a" }, path: Array.from({ length: steps + 1 }, (_, i) => [i, 0]), losses: Array.from({ length: steps + 1 }, (_, i) => i), reason: "steps" })), explained: null } });
const answerRace = (race, steps) => race.actions.receiveRace(answer(race, steps), race.questions.race.asked.peek());

test("a race as it came has a short link, a changed one brings all back", () => {
  const setup = setUpFunction(CATALOG, "dale");
  assert.equal(writeRaceLink(setup, LOOK, CATALOG), "#surface=dale&at=7");
  const changed = { ...setup, start: [0.5, 0.25], scale: /** @type {const} */ ("linear") };
  const link = writeRaceLink(changed, { playhead: 3, focus: 0, view: "table" }, CATALOG);
  assert.deepEqual(readRaceLink(link, CATALOG), { setup: changed, look: { playhead: 3, focus: 0, view: "table" } });
  const slice = setUpSlice(setup, CATALOG, "net");
  assert.deepEqual(readRaceLink(writeRaceLink(slice, LOOK, CATALOG), CATALOG)?.setup, slice);
});

test("a link that makes no sense is no link", () => {
  const setup = setUpFunction(CATALOG, "hill");
  for (const wrong of [{ steps: 1e9 }, { start: [1] }, { racers: [] }, { racers: [{ lane: 9, choice: { name: "a" } }] }, { racers: [{ lane: 0, choice: { name: "?" } }] }, { surface: { function: "?" } }, { surface: { preset: "net", axes: [] } }, { scale: "other" }]) {
    assert.equal(readRaceLink(`#race=${encodeURIComponent(JSON.stringify({ ...setup, ...wrong }))}`, CATALOG), null, JSON.stringify(wrong));
  }
  for (const text of ["", "#", "#race={", "#surface=nowhere"]) assert.equal(readRaceLink(text, CATALOG), null);
});

test("a slice starts where the network is, and its axes stay two", () => {
  const slice = setUpSlice(setUpFunction(CATALOG, "hill"), CATALOG, "net");
  assert.deepEqual(slice.start, [0.5, -1]);
  const bias = listEntries(network)[2];
  assert.equal(writeEntry(bias), "layer1.bias[0]");
  const moved = withAxis(slice, CATALOG, 1, bias);
  assert.deepEqual(moved.start, [0.5, 0.25]);
  const swapped = withAxis(slice, CATALOG, 0, slice.surface.axes[1]);
  assert.deepEqual(swapped.surface.axes.map(writeEntry), ["layer1.weight[0][1]", "layer1.weight[0][0]"]);
  const body = JSON.parse(askSurface(slice, CATALOG, { left: 0, top: 0, width: 100, height: 100 }).body);
  assert.deepEqual([body.x, body.y], [[-2.5, 3.5], [-4, 2]]);
  assert.deepEqual(body.surface.data, { inputs: [[1, 2]], targets: [[0]] });
});

test("a network from the training room races with its data, its own optimizer first", () => {
  const data = { dataset: "rings", seed: 3, encoding: "signs" };
  const trained = { ...network, optimizer_state: { name: "c" }, step: 9 };
  const setup = setUpOwn({ network: trained, data, batch: 10, choice: { name: "b", learning_rate: 0.5 }, selection: "layer1.weight[0][1]" }, CATALOG);
  assert.deepEqual(setup.racers.map(({ lane, choice }) => [lane, choice.name]), [[0, "b"], [1, "a"]]);
  assert.deepEqual(setup.start, [-1, 0.5]);
  const body = JSON.parse(askRace(setup, CATALOG).body);
  assert.deepEqual(body.surface.data, data);
  assert.equal(body.surface.network.optimizer_state, undefined);
  assert.equal(body.batch_size, 10);
  assert.deepEqual(withAxis(setup, CATALOG, 1, { node: "layer1.bias", index: [0] }).start, [-1, 0.25]);
  const made = makeRaceLink(setup, LOOK, CATALOG, "http://here/optimizers");
  assert.ok("link" in made && made.link.startsWith("http://here/optimizers#slice="));
  assert.deepEqual(readRaceLink(new URL(made.link).hash, CATALOG), { setup, look: LOOK });
  const long = { ...setup, surface: { ...setup.surface, data: { inputs: Array(9000).fill([1, 2]), targets: [] } } };
  assert.ok("problem" in makeRaceLink(long, LOOK, CATALOG, "http://here/"));
  const broken = { ...setup, surface: { network: {}, data, axes: setup.surface.axes } };
  assert.equal(readRaceLink(writeRaceLink(broken, LOOK, CATALOG), CATALOG), null);
});

test("a step is asked of its racer alone, on the same way", () => {
  const setup = setUpFunction(CATALOG, "hill");
  const body = JSON.parse(askStep(setup, CATALOG, setup.racers[1], 5).body);
  assert.deepEqual([body.optimizers, body.steps, body.explain], [[{ name: "b" }], 5, { racer: 0, step: 5 }]);
  assert.equal(askRace(setup, CATALOG).racers.length, 2);
});

test("the start is undone as one gesture", () => {
  const race = createRace(CATALOG);
  for (const x of [0.5, 0.25, 0]) race.actions.setStart([x, 0], true);
  race.actions.settle();
  race.actions.setStart([9, 9]);
  race.actions.undo();
  assert.deepEqual(race.state.setup.peek().start, [0, 0]);
  race.actions.undo();
  assert.deepEqual(race.state.setup.peek().start, [1, 1]);
  assert.ok(!race.state.canUndo.peek());
  race.actions.redo();
  assert.deepEqual(race.state.setup.peek().start, [0, 0]);
});

test("a racer that comes takes the first color that is free, six at most", () => {
  const race = createRace(CATALOG);
  race.actions.removeRacer(0);
  race.actions.addRacer();
  assert.deepEqual(race.state.setup.peek().racers.map(({ lane, choice }) => [lane, choice.name]), [[1, "b"], [0, "a"]]);
  for (let i = 0; i < 9; i++) race.actions.addRacer();
  assert.deepEqual(race.state.setup.peek().racers.map(({ lane }) => lane).sort(), [0, 1, 2, 3, 4, 5]);
});

test("the step under the microscope is the last one over, and is not asked while the race plays", () => {
  const race = createRace(CATALOG);
  answerRace(race, 3);
  race.actions.look(1, 2);
  assert.equal(race.questions.step.asked.peek()?.step, 2);
  race.actions.first();
  assert.equal(race.questions.step.asked.peek()?.step, 1);
  race.actions.last();
  assert.equal(race.questions.step.asked.peek()?.step, 3);
  race.actions.play();
  assert.equal(race.questions.step.asked.peek(), null);
});

test("an answer to a race that was changed since is not explained", () => {
  const race = createRace(CATALOG);
  answerRace(race);
  race.actions.setStart([0.1, 0.1]);
  assert.equal(race.questions.step.asked.peek(), null);
  assert.ok(race.derived.pending.peek());
});

test("a refusal is kept beside the last picture until an answer comes", () => {
  const race = createRace(CATALOG);
  answerRace(race);
  const problem = { title: "No", detail: "", errors: [] };
  race.actions.receiveRace({ problem }, race.questions.race.asked.peek());
  assert.equal(race.derived.problem.peek(), problem);
  assert.equal(race.derived.runs.peek().length, 2);
  answerRace(race);
  assert.equal(race.derived.problem.peek(), null);
});

test("all optimizers gone leave a map without ways", () => {
  const race = createRace(CATALOG);
  answerRace(race);
  for (const lane of [0, 1]) race.actions.removeRacer(lane);
  assert.equal(race.questions.race.asked.peek(), null);
  assert.deepEqual(race.derived.runs.peek(), []);
  race.actions.play();
  assert.ok(!race.state.playing.peek());
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { createClock } from "../../../static/js/timeline/clock.js";
import { carry, locate, nextPhase, previousPhase, segments, stepBack, stepForward } from "../../../static/js/timeline/playhead.js";
import { advance, durations } from "../../../static/js/timeline/schedule.js";
import { loadTrace } from "../fixtures.js";

const phases = ["forward", "forward", "loss", "backward", "backward", "update"].map((phase) => ({ phase }));

test("the playhead at k has finished beat k - 1", () => {
  assert.deepEqual(locate(0, 6), { index: 0, u: 0 });
  assert.deepEqual(locate(1, 6), { index: 0, u: 1 });
  assert.deepEqual(locate(1.25, 6), { index: 1, u: 0.25 });
  assert.deepEqual(locate(9, 6), { index: 5, u: 1 });
});

test("steps finish the beat that is on and stop at both ends", () => {
  assert.deepEqual([0, 0.5, 1, 6].map((p) => stepForward(p, 6)), [1, 1, 2, 6]);
  assert.deepEqual([0, 0.5, 1, 1.5, 6].map((p) => stepBack(p, 6)), [0, 0, 0, 1, 5]);
});

test("phases are runs of beats", () => {
  assert.deepEqual(segments(phases), [
    { phase: "forward", start: 0, end: 2 },
    { phase: "loss", start: 2, end: 3 },
    { phase: "backward", start: 3, end: 5 },
    { phase: "update", start: 5, end: 6 },
  ]);
});

test("phase steps go to the first beat of a phase", () => {
  assert.deepEqual([0, 1, 2.5, 3, 4, 6].map((p) => nextPhase(p, phases)), [1, 3, 3, 4, 6, 6]);
  assert.deepEqual([6, 5, 4, 3.5, 1, 0.5].map((p) => previousPhase(p, phases)), [4, 4, 3, 3, 0, 0]);
});

test("a linear beat takes 900 ms, another 600", () => {
  const { beats } = loadTrace("neuron");
  assert.deepEqual(durations(beats), beats.map(({ kind }) => (kind === "linear" ? 900 : 600)));
});

test("a long cycle is compressed to 20 s, its short phases are not", () => {
  const long = Array.from({ length: 60 }, () => ({ kind: "slope", phase: "backward" }));
  const times = durations([{ kind: "loss", phase: "loss" }, ...long]);
  assert.equal(times[0], 600);
  assert.ok(Math.abs(times.reduce((a, b) => a + b) - 20_000) < 1e-6);
});

test("the playhead advances across beats and stops at the end", () => {
  assert.equal(advance(0, 300, [600, 900], 1), 0.5);
  assert.equal(advance(0, 1050, [600, 900], 1), 1.5);
  assert.equal(advance(0.5, 150, [600, 900], 2), 1);
  assert.equal(advance(1.5, 1e6, [600, 900], 1), 2);
  assert.equal(advance(1, 0, [600, 900], 1), 1);
});

test("a moment is carried over to another run by its phase", () => {
  const longer = ["forward", "forward", "forward", "loss", "backward", "backward", "backward", "update"].map((phase) => ({ phase }));
  for (const [at, there] of [[0, 0], [1, 1], [1.5, 1.5], [2, 3], [3, 4], [4, 5], [5, 7], [6, 8]]) {
    assert.equal(carry(at, phases, longer), there, String(at));
    assert.equal(carry(at, phases, phases), at);
  }
  assert.equal(carry(2.5, longer, phases), 2);
  assert.equal(carry(8, longer, phases.slice(0, 5)), 5);
});

test("the clock tells elapsed time until it is stopped", () => {
  const frames = [];
  let time = 100;
  const clock = createClock((frame) => frames.push(frame), () => time);
  const told = [];
  clock.start((elapsed) => told.push(elapsed));
  assert.equal(clock.running, true);
  for (const step of [16, 20]) {
    time += step;
    frames.shift()();
  }
  clock.stop();
  time += 50;
  frames.shift()();
  assert.deepEqual(told, [16, 20]);
  assert.equal(clock.running, false);
  assert.equal(frames.length, 0);
});

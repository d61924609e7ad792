import assert from "node:assert/strict";
import { test } from "node:test";
import { fillRanges, isInside, makeFrame, placeMap } from "../../../static/js/layout/race/frame.js";
import { flatten, makeScale, traceContours } from "../../../static/js/layout/race/heights.js";
import { frameCurves, sceneCurves } from "../../../static/js/scene/race/curves.js";
import { drawMarker, LANES } from "../../../static/js/scene/race/lanes.js";
import { findStep, locateRacer, paintHeights, sceneAxes, sceneContours, sceneRuns } from "../../../static/js/scene/race/map.js";
import { sceneMemory } from "../../../static/js/scene/race/memory.js";

const SIZE = { width: 800, height: 600 };
const box = placeMap(SIZE);
const frame = makeFrame(fillRanges({ x: [-10, 10], y: [-5, 5] }, box), box);
const run = (lane, path, losses, reason = "steps") => ({ lane, name: `racer ${lane}`, notes: "", way: { path, losses, reason } });
const find = (marks, key) => marks.find((mark) => mark.key === key);

test("a pixel is as long along both axes, and what was wanted is seen", () => {
  for (const size of [SIZE, { width: 390, height: 500 }, { width: 320, height: 200 }]) {
    const own = placeMap(size);
    const { x, y } = fillRanges({ x: [-10, 10], y: [-5, 5] }, own);
    assert.ok(x[0] <= -10 && x[1] >= 10 && y[0] <= -5 && y[1] >= 5);
    assert.ok(Math.abs((x[1] - x[0]) / own.width / ((y[1] - y[0]) / own.height) - 1) < 1e-4);
  }
});

test("pixels and numbers go back and forth", () => {
  const [x, y] = frame.at(frame.px(3.25), frame.py(-1.5));
  assert.ok(Math.abs(x - 3.25) < 1e-9 && Math.abs(y + 1.5) < 1e-9);
  assert.ok(frame.py(1) < frame.py(0));
  assert.ok(isInside(frame, frame.px(0), frame.py(0)) && !isInside(frame, frame.px(1e300), frame.py(0)));
  assert.ok(Number.isFinite(frame.px(-1e300)));
});

test("scales run from the lowest to the highest and back", () => {
  for (const kind of ["log", "linear"]) {
    const losses = [0, 0.01, 1, 50, 1000, NaN];
    const scale = makeScale(losses, kind);
    assert.equal(scale.share(0), 0);
    assert.equal(scale.share(1000), 1);
    assert.equal(scale.share(2000), 1);
    for (const loss of losses.slice(0, 5)) assert.ok(Math.abs(scale.loss(scale.share(loss)) - loss) < 1e-6 * 1000);
  }
  assert.ok(makeScale([0, 1, 1000], "log").share(1) > 10 * makeScale([0, 1, 1000], "linear").share(1));
  assert.equal(makeScale([], "log").share(0), 0);
  assert.ok(Number.isFinite(makeScale([7, 7], "log").share(7)));
});

test("a contour lies where the surface is as high as it says", () => {
  const shares = flatten([[0, 1, 2], [0, 1, 2], [0, 1, 2]]);
  const ends = traceContours(shares, 3, [0.5]);
  assert.equal(ends.length, 8);
  for (let i = 0; i < ends.length; i += 2) assert.equal(ends[i], 0.5);
  assert.deepEqual(traceContours([0, 1, NaN, 1], 2, [0.5]), []);
  assert.equal(traceContours([0, 1, 1, 0], 2, [0.5]).length, 8);
  assert.deepEqual(sceneContours([1, 1, 1, 1], 2, frame), []);
});

test("the first row of a surface is at the bottom of its image", () => {
  const pixels = paintHeights([0, 0.5, 1, NaN], 2, [[0, 0, 0], [200, 100, 50]]);
  assert.deepEqual([...pixels.slice(8, 12)], [0, 0, 0, 255]);
  assert.deepEqual([...pixels.slice(12, 16)], [100, 50, 25, 255]);
  assert.deepEqual([...pixels.slice(0, 4)], [200, 100, 50, 255]);
  assert.equal(pixels[7], 0);
});

test("a way is drawn up to the playhead, and the head between two steps", () => {
  const one = run(0, [[0, 0], [4, 0], [4, 4]], [3, 2, 1]);
  const { x, y } = locateRacer(frame, one, 1.5);
  assert.ok(Math.abs(x - frame.px(4)) < 1e-9 && Math.abs(y - frame.py(2)) < 1e-9);
  const marks = sceneRuns(frame, [one], { playhead: 1.5, focus: 0, minimum: [0, 0] });
  assert.equal(find(marks, "way:0").d.split("L").length, 3);
  assert.equal(find(marks, "ahead:0").d.split("L").length, 3);
  assert.ok(find(marks, "head:0"));
  assert.equal(find(marks, "minimum:name").text, "minimum");
  assert.ok(!find(sceneRuns(frame, [one], { playhead: 0, focus: null, minimum: null }), "minimum"));
});

test("who diverged is crossed out, at the edge when it left, once its last step is tried", () => {
  const one = run(2, [[0, 0], [1e200, 0]], [1, 1e300], "diverged");
  const before = sceneRuns(frame, [one], { playhead: 1, focus: null, minimum: null });
  assert.ok(find(before, "off:2") && !find(before, "lost:2"));
  const after = sceneRuns(frame, [one], { playhead: 2, focus: null, minimum: null });
  assert.equal(find(after, "lost:2").text, "diverged, step 2");
  assert.ok(isInside(frame, find(after, "burst:2").x, find(after, "burst:2").y));
});

test("a hand finds the step it means", () => {
  const runs = [run(0, [[0, 0], [4, 0]], [1, 1]), run(3, [[0, 0], [-4, 2], [-4, 3]], [1, 1, 1])];
  assert.deepEqual(findStep(frame, runs, frame.px(-4) + 3, frame.py(3)), { lane: 3, step: 2 });
  assert.equal(findStep(frame, runs, frame.px(7), frame.py(-4)), null);
});

test("six racers have six shapes", () => {
  assert.equal(new Set(Array.from({ length: LANES }, (_, lane) => drawMarker(lane, 0, 0, 5))).size, 6);
});

test("axes carry both names", () => {
  const marks = sceneAxes(frame, ["x", "layer2.weight[0][1]"]);
  assert.equal(find(marks, "name:x").text, "x");
  assert.match(find(marks, "name:y").text, /w\[0\]\[1\]/);
});

test("losses above 0 stand on powers of ten, others on plain numbers, and what runs away is cut off", () => {
  const log = frameCurves([run(0, [[0, 0]], [100, 1, 0.01])], 2, { width: 320, height: 190 });
  assert.ok(log.log && log.y(1) > log.y(100));
  const plain = frameCurves([run(0, [[0, 0]], [1, -1, -3])], 2, { width: 320, height: 190 });
  assert.ok(!plain.log && plain.y(-3) > plain.y(1));
  const wild = frameCurves([run(0, [[0, 0]], [10, 1, 0.1]), run(1, [[0, 0]], [10, 1e90])], 2, { width: 320, height: 190 });
  assert.ok(Math.max(...wild.ticks) <= 100);
  assert.equal(wild.step(wild.x(1)), 1);
  const marks = sceneCurves([run(1, [[0, 0], [1, 1]], [10, 1e90], "diverged")], { steps: 5, playhead: 3, focus: 1 }, { width: 320, height: 190 });
  assert.equal(find(marks, "end:1").fill, "none");
});

test("bars of memory are as long as their numbers, to the side of their sign", () => {
  const marks = sceneMemory([2, -1, 1], { width: 240, height: 30 });
  const [first, second, third] = [0, 1, 2].map((i) => find(marks, `bar:${i}`));
  assert.equal(first.height, 2 * third.height);
  assert.deepEqual([second.fill, third.fill], ["negative", "positive"]);
  assert.ok(second.y >= third.y + third.height - 0.01);
  assert.equal(third.opacity, 1);
  assert.equal(sceneMemory(Array(60).fill(1), { width: 240, height: 30 }).length, 25);
});

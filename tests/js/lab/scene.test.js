import assert from "node:assert/strict";
import { test } from "node:test";
import { readSeries } from "../../../static/js/layout/lab/series.js";
import { growth, sceneFlow } from "../../../static/js/scene/lab/flow.js";
import { makeFlow, summary } from "./flows.js";

const sizes = [{ width: 320, height: 380 }, { width: 390, height: 490 }, { width: 760, height: 660 }, { width: 1900, height: 1000 }];
const looking = { shown: "z", clip: { by: "none", at: 1 }, entries: 256, playhead: 5, selected: null, hover: null, top: 92 };
const draw = (flow, size, more = {}) => new Map(sceneFlow(flow, size, { ...looking, ...more }).map((mark) => [mark.key, mark]));

test("bars grow from the last layer to the first", () => {
  assert.deepEqual([0, 1, 2].map((i) => growth(i, 3, 0)), [0, 0, 0]);
  assert.deepEqual([0, 1, 2].map((i) => growth(i, 3, 1.25)), [0, 0.25, 1]);
  const marks = draw(makeFlow({ depth: 5 }), sizes[2], { playhead: 2 });
  assert.deepEqual([0, 1, 2, 3, 4].map((i) => marks.has(`bar:${i}`)), [false, false, false, true, true]);
  assert.deepEqual([0, 1, 2, 3, 4].map((i) => marks.has(`z_variance:${i}`)), [false, false, false, true, true]);
  assert.match(marks.get("handle:0").label, /not reached yet/);
  assert.match(marks.get("handle:4").label, /gradient 1/);
});

test("nothing that is not reached is told", () => {
  const marks = [...draw(makeFlow({ depth: 40 }), sizes[2], { playhead: 0 }).values()];
  assert.equal(marks.filter(({ key }) => /^(bar|value|spread|saturated|spectrum:mean)(:|$)/.test(key) && !/ground|name/.test(key)).length, 0);
  assert.ok(marks.some(({ key }) => key === "theory"), "theory is known before");
});

test("a bar is as high as its logarithm says", () => {
  const marks = draw(makeFlow({ depth: 3, factor: 0.1, std: 0 }), sizes[2], { playhead: 3 });
  const [a, b, c] = [0, 1, 2].map((i) => marks.get(`bar:${i}`).height);
  assert.ok(Math.abs(b - a - (c - b)) < 0.5, `${a} ${b} ${c}`);
  assert.ok(c > b && b > a);
});

test("everything stands inside the picture, whatever the numbers are", () => {
  const odd = (i) => ({ grad_z_rms: [summary(0), summary("NaN", "NaN"), summary("Infinity", "NaN"), summary(1e-200, 1e-200)][i % 4], saturated: null, dead: null });
  for (const size of sizes) {
    for (const depth of [1, 2, 30, 100]) {
      for (const flow of [makeFlow({ depth }), makeFlow({ depth, change: odd }), makeFlow({ depth, spectrum: false })]) {
        for (const playhead of [0, 0.5, depth / 2, depth]) {
          for (const mark of sceneFlow(flow, size, { ...looking, playhead, selected: depth - 1, top: size.width < 620 ? 46 : 92 })) {
            for (const value of [mark.x, mark.y, mark.width, mark.height]) assert.ok(value === undefined || Number.isFinite(value), `${mark.key} ${value}`);
            assert.ok(!/NaN|Infinity|undefined/.test(mark.d ?? ""), `${mark.key} ${mark.d}`);
            if (mark.shape !== "rect") continue;
            assert.ok(mark.width >= 0 && mark.height >= 0, mark.key);
            assert.ok(mark.x >= -1 && mark.x + mark.width <= size.width + 1, `${mark.key} at ${size.width}`);
            assert.ok(mark.y >= 0 && mark.y + mark.height <= size.height + 1, `${mark.key} at ${size.height}`);
          }
        }
      }
    }
  }
});

test("clipping shows what was before and what is left", () => {
  const flow = makeFlow({ depth: 3 });
  const clip = { by: "norm", at: 1 };
  const { clipped, readings } = readSeries(flow, { shown: "update", clip, entries: 256 });
  assert.ok(clipped.every((size, i) => size < readings[i].mean));
  const marks = draw(flow, sizes[2], { shown: "update", clip, playhead: 3 });
  assert.ok(marks.get("clipped:2").height < marks.get("bar:2").height);
  assert.ok(!draw(flow, sizes[2], { shown: "weights", clip, playhead: 3 }).has("clipped:2"));
  assert.ok(!marks.has("theory"), "theory is about z");
});

test("a spread as large as the mean is open below", () => {
  const wide = draw(makeFlow({ depth: 2, std: 1.2 }), sizes[2], { playhead: 2 }).get("spread:1").d;
  const slim = draw(makeFlow({ depth: 2, std: 0.2 }), sizes[2], { playhead: 2 }).get("spread:1").d;
  assert.equal(wide.split("M").length, 3);
  assert.equal(slim.split("M").length, 4);
});

test("the chosen layer has a ground and its number", () => {
  const marks = draw(makeFlow({ depth: 60, factor: 0.9 }), sizes[2], { playhead: 60, selected: 30 });
  assert.ok(marks.has("column:selected"));
  assert.ok(marks.has("value:30"));
});

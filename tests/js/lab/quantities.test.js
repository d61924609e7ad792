import assert from "node:assert/strict";
import { test } from "node:test";
import { fitAxis, listAxisTicks, listBetween, place } from "../../../static/js/layout/lab/axis.js";
import { isShown, NONE, QUANTITIES } from "../../../static/js/layout/lab/quantities.js";
import { readSeries } from "../../../static/js/layout/lab/series.js";
import { sceneFlow } from "../../../static/js/scene/lab/flow.js";
import { sceneTime } from "../../../static/js/scene/lab/time.js";
import { makeFlow, summary } from "./flows.js";

const names = Object.keys(QUANTITIES);
const looking = { shown: "z", clip: { by: "none", at: 1 }, entries: 256, playhead: 5, selected: null, hover: null, top: 92 };
const size = { width: 760, height: 660 };
const draw = (flow, more = {}) => new Map(sceneFlow(flow, size, { ...looking, ...more }).map((mark) => [mark.key, mark]));

test("an axis over the numbers themselves has 0 and round ticks", () => {
  const axis = fitAxis([0.4, -0.2, "NaN", "Infinity"], { logarithmic: false });
  assert.ok(axis.low < -0.2 && axis.high > 0.4 && axis.high < 0.5);
  assert.ok(Math.abs(place(0, axis) - 0.21 / 0.63) < 1e-9);
  assert.equal(place("Infinity", axis), 1);
  assert.deepEqual(fitAxis([0.3], { logarithmic: false, most: 1 }), { logarithmic: false, low: 0, high: 1 });
  assert.deepEqual(listAxisTicks({ logarithmic: false, low: 0, high: 1 }, 5).map(({ text }) => text), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
  assert.deepEqual(listAxisTicks({ logarithmic: true, low: -4, high: 1 }, 9).map(({ text, raised }) => text + (raised ?? "")), ["10\u22124", "10\u22123", "0.01", "0.1", "1", "10"]);
});

test("a few powers of ten have lines between them", () => {
  assert.equal(listBetween({ logarithmic: true, low: -1, high: 1 }).length, 16);
  assert.deepEqual(listBetween({ logarithmic: true, low: -12, high: 1 }), []);
  assert.deepEqual(listBetween({ logarithmic: false, low: 0, high: 1 }), []);
});

test("every quantity has bars, and a number for every layer that is reached", () => {
  const flow = makeFlow({ depth: 5, factor: 0.5, change: (i) => ({ a_mean: summary(-0.1 * i, 0.01), z_mean: summary(0.2, 0.1), dead: summary(0.25) }) });
  for (const shown of names) {
    const marks = draw(flow, { shown });
    assert.ok(marks.has("bar:3"), shown);
    assert.match(marks.get("handle:2").label, /^Layer 3: \D*[\d.]/, shown);
    assert.ok(!draw(flow, { shown, playhead: 2 }).has("bar:1"), shown);
  }
  assert.ok(!isShown("map") && !isShown("toString"));
});

test("values below 0 hang from their ground", () => {
  const marks = draw(makeFlow({ depth: 5, change: (i) => ({ a_mean: summary(i % 2 ? 0.5 : -0.5) }) }), { shown: "a_mean" });
  const [down, up] = [marks.get("bar:0"), marks.get("bar:1")];
  assert.equal(up.y + up.height, down.y);
});

test("the last layer has no factor, and is no broken one", () => {
  const flow = makeFlow({ depth: 5, factor: 0.5 });
  assert.equal(QUANTITIES.factor.read(flow.layers[4]), NONE);
  const marks = draw(flow, { shown: "factor" });
  assert.ok(!marks.has("bar:4") && !marks.has("broken:4"));
  assert.match(marks.get("handle:4").label, /is not known/);
  assert.match(marks.get("handle:3").label, /factor from layer to layer 0\.5/);
  assert.ok(marks.has("level") && marks.has("theory"));
});

test("singular values go from the smallest to the largest", () => {
  const flow = makeFlow({ depth: 5, factor: 0.5 });
  assert.deepEqual(QUANTITIES.stretch.read(flow.layers[0]), { mean: 0.5, low: 0.01, high: 1.5 });
  const { axis } = readSeries(flow, { ...looking, shown: "stretch" });
  assert.ok(place(0.01, axis) > 0 && place(1.5, axis) < 1);
  assert.ok(!draw(flow, { shown: "stretch" }).has("spectrum:mean"), "not twice");
  assert.equal(draw(makeFlow({ spectrum: false }), { shown: "stretch" }).has("bar:0"), false);
});

test("the place of the singular values is kept while they are measured", () => {
  const [quick, thorough] = [draw(makeFlow({ spectrum: false }), { quick: true }), draw(makeFlow())];
  assert.equal(quick.get("bar:4").y, thorough.get("bar:4").y);
});

test("what was before the last change stands behind, where there are as many layers", () => {
  const flow = makeFlow({ depth: 5, factor: 0.9 });
  const marks = draw(flow, { before: makeFlow({ depth: 5, factor: 1e-3 }) });
  assert.ok(marks.has("before"));
  assert.ok(marks.get("bar:0").height > draw(flow).get("bar:0").height / 2, "on an axis that holds both");
  assert.ok(!draw(flow, { before: makeFlow({ depth: 6 }) }).has("before"));
});

test("numbers stand above the bar, its spread and theory", () => {
  const marks = draw(makeFlow({ depth: 5, factor: 1, change: () => ({ predicted_grad_z_rms: 30 }) }), { selected: 2 });
  const theory = Number(marks.get("theory").d.split(/[ L]/)[1]);
  assert.ok(marks.get("value:2").y < theory);
});

test("the chosen layer has its numbers in the strips", () => {
  const marks = draw(makeFlow({ depth: 30, factor: 0.9 }), { playhead: 30, selected: 29, hover: 3 });
  assert.equal(marks.get("saturated:value:3").text, "2\u00a0%");
  assert.equal(marks.get("z_variance:value:29").anchor, "end");
  assert.ok(!marks.has("z_variance:value:5"));
});

test("through time every quantity has a curve for every kind of cell", () => {
  const flow = makeFlow({ depth: 20, factor: 0.9, change: () => ({ a_mean: summary(-0.1), z_mean: summary(0.2), dead: summary(0.1) }) });
  const cells = [{ name: "one", label: "One", flow }, { name: "two", label: "Two", flow }];
  for (const shown of names.filter((name) => QUANTITIES[name].time)) {
    const marks = new Map(sceneTime(cells, size, { ...looking, shown, playhead: 20 }).map((mark) => [mark.key, mark]));
    for (const key of ["curve:0", "curve:1", "name:0"]) assert.ok(marks.has(key), `${shown} ${key}`);
    for (const { key, d = "" } of marks.values()) assert.ok(!/NaN|Infinity|undefined/.test(d), `${shown} ${key}`);
  }
});

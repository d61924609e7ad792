import assert from "node:assert/strict";
import { test } from "node:test";
import { findEdge, readEdge } from "../../../static/js/layout/lab/edge.js";
import { sceneCurves } from "../../../static/js/scene/lab/curves.js";
import { reachOf, sceneMap, strengthOf } from "../../../static/js/scene/lab/map.js";
import { formAt, listValues, readSweepForm, sweepRequest, USUAL_SWEEP, usualAxis, usualBase } from "../../../static/js/state/lab/grid.js";
import { formOf, sigmaOf } from "../../../static/js/state/lab/form.js";
import { catalog } from "./flows.js";

const form = formOf(catalog.classics[0]);
const sweepOf = (x, y) => ({ x, y, seeds: 2 });
const axis = (name, from, to, count) => ({ name, from, to, count });

/** Points whose chi is the square of x, as of a network with tanh. */
function makeGrid(columns, rows, { chi = (x) => x * x, missing = () => false } = {}) {
  const x = listValues(axis("sigma_w", 0.5, 1.5, columns), catalog);
  const y = listValues(axis("depth", 2, 20, rows), catalog);
  const points = x.values.flatMap((sigma, i) =>
    y.values.map((depth, j) => {
      const point = i * rows + j;
      if (missing(point)) return undefined;
      const ratio = (depth - 1) * Math.log10(sigma);
      return { point, failed: 0, log10_ratio: { mean: ratio, std: 0.1 }, predicted_log10_ratio: ratio, sigma_w: sigma, sigma_b: 0, q_star: 0, chi_1: chi(sigma, depth), phase: "ordered", unknown: null };
    }),
  );
  return { points, x, y };
}

test("an axis goes evenly from one end to the other, in whole numbers where these are needed", () => {
  assert.deepEqual(listValues(axis("sigma_w", 0.4, 0.8, 5), catalog).values, [0.4, 0.5, 0.6, 0.7, 0.8]);
  assert.deepEqual(listValues(axis("depth", 2, 5, 9), catalog).values, [2, 3, 4, 5]);
  assert.deepEqual(listValues(axis("activation", 0, 0, 1), catalog).texts, ["straight", "bend"]);
});

test("a request changes the options where they stand", () => {
  const body = sweepRequest({ form, sweep: sweepOf(axis("sigma_w", 1, 3, 3), axis("depth", 2, 4, 3)) }, catalog);
  assert.deepEqual(body.grid[0], { name: "scale", pointers: ["/network/layers/*/initializer/scale"], values: [1, 4, 9] });
  assert.deepEqual(body.grid[1], { name: "depth", pointers: ["/repeat"], values: [2, 3, 4] });
  assert.equal(body.network.layers.length, 1);
  assert.equal(body.network.layers[0].initializer.name, "scaled");
  assert.equal(body.repeat, form.depth);
  const other = sweepRequest({ form, sweep: sweepOf(usualAxis("width", 2), usualAxis("sigma_b", 2)) }, catalog);
  assert.deepEqual(other.grid[0].pointers, ["/network/inputs", "/network/layers/*/units"]);
  assert.equal(other.network.bias_initializer.name, "drawn");
  assert.deepEqual(sweepRequest({ form, sweep: sweepOf(usualAxis("initializer"), usualAxis("activation")) }, catalog).grid[0].values, ["fixed", "scaled", "drawn"]);
});

test("a point opens as the network it was measured with", () => {
  const sweep = sweepOf(axis("sigma_w", 1, 3, 3), axis("width", 10, 30, 3));
  const opened = formAt({ form, sweep }, 2 * 3 + 1, catalog);
  assert.equal(opened.width, 20);
  assert.equal(sigmaOf(opened, catalog), 3);
  assert.equal(formAt({ form, sweep: sweepOf(usualAxis("initializer"), axis("depth", 2, 4, 3)) }, 1 * 3 + 2, catalog).initializer.name, "scaled");
});

test("a sweep out of a link is taken as far as it fits", () => {
  assert.deepEqual(readSweepForm(null), USUAL_SWEEP);
  assert.deepEqual(readSweepForm({ x: { name: "odd" }, seeds: -1 }), USUAL_SWEEP);
  assert.deepEqual(readSweepForm({ x: axis("width", 3, 9, 4), y: USUAL_SWEEP.y, seeds: 7 }), { x: axis("width", 3, 9, 4), y: USUAL_SWEEP.y, seeds: 7 });
  assert.equal(usualBase(catalog).depth, 6);
});

test("the edge of chaos is where chi passes 1", () => {
  for (const columns of [11, 10]) {
    const { points, x } = makeGrid(columns, 4);
    const edge = findEdge(points, columns, 4);
    assert.equal(edge.length, 4);
    for (const at of edge) {
      const i = Math.floor(at.x);
      const sigma = x.values[i] + (at.x - i) * ((x.values[i + 1] ?? 0) - x.values[i]);
      assert.ok(Math.abs(sigma - 1) < 0.01, String(sigma));
    }
  }
  const falling = makeGrid(5, 9, { chi: (_, depth) => 11 / depth });
  assert.equal(findEdge(falling.points, 5, 9).length, 5);
  assert.deepEqual(findEdge(makeGrid(5, 4, { chi: () => null }).points, 5, 4), []);
  assert.deepEqual(findEdge([], 5, 4), []);
});

test("color says the sign and the size, and what is not measured has none", () => {
  const grid = makeGrid(11, 4, { missing: (point) => point === 0 });
  const { cells, marks } = sceneMap(grid, { width: 760, height: 640 }, { selected: null, hover: null, top: 92 });
  const cell = new Map(cells.map((mark) => [mark.key, mark]));
  assert.equal(cell.get("cell:0").fill, "rule");
  assert.equal(cell.get("cell:3").fill, "positive");
  assert.equal(cell.get("cell:43").fill, "negative");
  assert.ok(cell.get("cell:3").opacity > cell.get("cell:7").opacity);
  assert.ok(marks.some(({ key }) => key === "edge"));
  assert.ok(reachOf(grid) >= 19 * Math.log10(2));
  assert.match(marks.find(({ key }) => key === "handle:43").label, /^\u03c3w 1.5, depth 20: log ratio 3.35$/);
});

test("everything stands inside the picture, whatever the numbers are", () => {
  const odd = makeGrid(41, 41);
  odd.points.forEach((point, i) => void (point.log10_ratio = [null, { mean: "NaN", std: "NaN" }, { mean: "-Infinity", std: "NaN" }, { mean: 300, std: 1 }][i % 4]));
  for (const grid of [makeGrid(11, 4), odd, makeGrid(3, 3, { missing: () => true })]) {
    for (const size of [{ width: 320, height: 340 }, { width: 390, height: 480 }, { width: 1900, height: 1000 }]) {
      const looking = { selected: 2, hover: 1, top: size.width < 620 ? 46 : 92 };
      const { cells, marks } = sceneMap(grid, size, looking);
      for (const mark of [...cells, ...marks, ...sceneCurves(grid, size, looking)]) {
        for (const value of [mark.x, mark.y, mark.width, mark.height, mark.opacity]) assert.ok(value === undefined || Number.isFinite(value), `${mark.key} ${value}`);
        assert.ok(!/NaN|Infinity|undefined/.test(mark.d ?? ""), `${mark.key} ${mark.d}`);
        if (mark.shape === "rect") assert.ok(mark.x >= -1 && mark.x + mark.width <= size.width + 1 && mark.y >= -1 && mark.y + mark.height <= size.height + 1, mark.key);
      }
    }
  }
});

test("a curve per value of the second option, with its spread", () => {
  const marks = new Map(sceneCurves(makeGrid(11, 4), { width: 760, height: 640 }, { selected: 5, hover: null, top: 92 }).map((mark) => [mark.key, mark]));
  assert.equal([...marks.keys()].filter((key) => /^curve:\d/.test(key)).length, 4);
  assert.equal([...marks.keys()].filter((key) => /^band:/.test(key)).length, 4);
  assert.equal(marks.get("curve:1").stroke, "ink");
  assert.equal(marks.get("theory:1").d.match(/[\d.]+ [\d.]+/g).length, 11, "theory beside it");
});

test("names of curves that end together stand apart, inside the picture", () => {
  for (const [rows, height] of [[4, 640], [30, 420]]) {
    const grid = makeGrid(3, rows);
    for (const point of grid.points) point.log10_ratio = { mean: -1, std: 0 };
    const names = sceneCurves(grid, { width: 760, height }, { selected: 1, hover: null, top: 92 }).filter(({ key }) => key.startsWith("curve:name:"));
    const heights = names.map(({ y }) => y).sort((a, b) => a - b);
    assert.ok(heights.every((y, i) => i === 0 || y - heights[i - 1] >= 13.99), `${heights}`);
    assert.ok(heights[0] > 92 && heights.at(-1) < height);
    assert.ok(names.some(({ text, weight }) => text === grid.y.texts[1] && weight === 700), "the chosen one is kept");
  }
});

test("a little of a color is seen beside a lot", () => {
  assert.equal(strengthOf(1), 1);
  assert.ok(strengthOf(0.04) > 0.15);
  assert.ok(strengthOf(0) > 0);
});

test("the edge is a line between numbers, a mark for each name, and nothing along names", () => {
  const grid = makeGrid(11, 4);
  assert.equal(readEdge(grid).kind, "line");
  const named = { ...grid, y: { ...grid.y, named: true } };
  const marks = readEdge(named);
  assert.deepEqual([marks.kind, marks.along, marks.crossings.length], ["marks", "x", 4]);
  const draw = (/** @type {any} */ one) => sceneMap(one, { width: 760, height: 640 }, { selected: null, hover: null, top: 92 }).marks.find(({ key }) => key === "edge");
  assert.equal(draw(named).d.match(/M/g).length, 4);
  assert.equal(draw(grid).d.match(/M/g).length, 1);
  const along = { ...grid, x: { ...grid.x, named: true } };
  assert.equal(readEdge(along).kind, "none");
  assert.equal(draw(along), undefined);
});

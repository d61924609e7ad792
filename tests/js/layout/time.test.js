import assert from "node:assert/strict";
import { test } from "node:test";

import { readGrid } from "../../../static/js/layout/entries.js";
import { walkSpots } from "../../../static/js/layout/spots.js";
import { layoutTime } from "../../../static/js/layout/time.js";
import { measureGrid, norm, sumMessages, unroll } from "../../../static/js/layout/unrolled.js";
import { loadTime, names, stages } from "../times.js";

const box = ({ x, y, w, h }) => ({ left: x - w / 2, right: x + w / 2, top: y - h / 2, bottom: y + h / 2 });
const apart = (a, b) => a.right <= b.left + 0.01 || b.right <= a.left + 0.01 || a.bottom <= b.top + 0.01 || b.bottom <= a.top + 0.01;

for (const name of names) {
  for (const stage of stages) {
    test(`${name} on ${stage.width}: everything stands on the stage, and nothing on another`, () => {
      const layout = layoutTime(loadTime(name), stage);
      const cells = layout.cells.map(box);
      const cards = layout.cards.map(box);
      const blocks = [...layout.blocks.values()].map(box);
      for (const { left, right, top, bottom } of [...cells, ...cards, ...blocks, box(layout.loss)]) {
        assert.ok(left >= 0 && right <= stage.width + 0.01, `${left} ${right}`);
        assert.ok(top >= 0 && bottom <= stage.height + 0.01, `${top} ${bottom}`);
        assert.ok(right > left && bottom > top);
      }
      for (const list of [cells, cards, blocks]) list.forEach((a, i) => list.slice(i + 1).forEach((b) => assert.ok(apart(a, b), JSON.stringify([a, b]))));
      for (const card of cards) for (const one of [...cells, ...blocks, box(layout.loss)]) assert.ok(apart(card, one));
      for (const block of blocks) assert.ok(apart(block, box(layout.loss)), JSON.stringify([block, box(layout.loss)]));
    });
  }
}

test("up to twelve steps have columns on a desktop, more fold into strips", () => {
  assert.equal(layoutTime(loadTime("twelve"), stages[3]).folded, null);
  assert.equal(layoutTime(loadTime("twelve"), stages[3]).cells.length, 12);
  assert.ok(layoutTime(loadTime("twelve"), stages[1]).folded);
  const { folded, columns } = layoutTime(loadTime("long"), stages[3]);
  assert.ok(folded.chart.height >= 24);
  assert.equal(columns.length, 60);
});

test("a network is taken apart by step: states, gates, outputs, shares", () => {
  const lstm = unroll(loadTime("lstm"));
  assert.deepEqual(lstm.steps[0].states.map(({ letter }) => letter), ["c", "h"]);
  assert.deepEqual(lstm.steps[0].gates.map(({ letter }) => letter), ["i", "f", "g", "o"]);
  assert.equal(lstm.steps[0].z, null);
  assert.equal(lstm.steps[0].output, null);
  assert.equal(lstm.steps[4].output.a, "time5.output.a");
  assert.deepEqual(unroll(loadTime("gru")).steps[1].gates.map(({ letter }) => letter), ["r", "z", "n"]);
  const memory = unroll(loadTime("memory"));
  assert.equal(memory.steps[2].z, "time3.z");
  assert.deepEqual(memory.parameters.map(({ shares }) => shares.length), [5, 5, 5, 1, 1]);
  assert.deepEqual(unroll(loadTime("truncated")).rails.filter(({ cut }) => cut).map(({ time }) => time), [1, 3]);
});

for (const name of names.filter((one) => one !== "overflow")) {
  test(`${name}: the shares of all steps are the gradient, entry by entry`, () => {
    const trace = loadTime(name);
    const { parameters, nodes } = unroll(trace);
    for (const { id, shares } of parameters) {
      const node = nodes.get(id);
      const grad = readGrid(trace, node, node.grad);
      const sum = sumMessages(trace, shares.map(({ edge }) => edge));
      grad.forEach((row, i) => row.forEach((entry, j) => assert.ok(Math.abs(entry - sum[i][j]) <= 1e-12 * Math.max(1, Math.abs(entry)), id)));
    }
  });
}

test("several numbers are measured by their norm, one by itself", () => {
  assert.equal(measureGrid([[-2]]), -2);
  assert.equal(norm([[-3], [4]]), 5);
  assert.equal(measureGrid([[1, "NaN"]]), "NaN");
});

test("arrow keys go through time and through a step", () => {
  const { spots } = layoutTime(loadTime("memory"), stages[3]);
  const walk = (id, ...ways) => ways.reduce((at, way) => walkSpots(spots, at, way), id);
  assert.equal(walk("time0.h", "forward"), "time1.z_hh:0");
  assert.equal(walk("time0.h", "forward", "forward"), "time1.h");
  assert.equal(walk("time5.h", "forward"), null);
  assert.equal(walk("time5.h", "next", "next"), "time5.x");
  assert.equal(walk("time5.h", "previous"), "time5.z");
  assert.equal(walk("loss", "next", "next", "next"), "time5.output.a");
  assert.equal(walk("time1.x", "next"), "cell.weight_ih");
  assert.equal(walk("cell.weight_hh", "next"), "time5.z_hh:1");
  assert.equal(walk("cell.weight_hh", "next", "next"), "time4.z_hh:1");
});

for (const name of names) {
  test(`${name}: everything can be reached by arrow keys`, () => {
    const { spots } = layoutTime(loadTime(name), stages[3]);
    assert.equal(new Set(spots.map(({ id }) => id)).size, spots.length);
    const seen = new Set([spots[0].id]);
    for (const id of seen) {
      for (const way of ["forward", "back", "next", "previous"]) {
        const next = walkSpots(spots, id, way);
        if (next) seen.add(next);
      }
    }
    assert.equal(seen.size, spots.length);
  });
}

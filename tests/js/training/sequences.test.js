import assert from "node:assert/strict";
import { test } from "node:test";
import { layoutSequences } from "../../../static/js/layout/sequences.js";
import { paintCells } from "../../../static/js/scene/training/pixels.js";
import { readSequences } from "../../../static/js/scene/training/reading.js";
import { rollSaid, sceneSaid, writeInput, writeSaid } from "../../../static/js/scene/training/said.js";
import { sceneCard } from "../../../static/js/scene/training/sequences.js";
import { neighbors } from "../../../static/js/views/training/steps.js";
import { CATALOG, STEPS } from "./setups.js";

const STAGES = [{ width: 776, height: 728 }, { width: 1300, height: 900 }, { width: 390, height: 644 }, { width: 320, height: 500 }];
const NETWORKS = [{ inputs: 1, units: 12, outputs: 1, gates: 1 }, { inputs: 5, units: 10, outputs: 4, gates: 3 }, { inputs: 2, units: 64, outputs: 1, gates: 4 }];
const spec = CATALOG.setups[3].network;
const how = readSequences(spec, STEPS, CATALOG);
const told = { row: 4, heldOut: true, inputs: [[1], [0], [1]], targets: [[1], [1], [0]], labels: [1, 1, 0], said: [[3], [-2], [-1]] };
const look = { how, names: ["bit"], cell: "Loop", units: 3, activation: "bend", output: "plain", gates: 1, inputs: 1, selection: null, hover: null, diverged: null };
const place = (rows = 0) => layoutSequences({ inputs: 1, units: 3, outputs: 1, gates: 1 }, { count: 2, steps: 3, rows, names: ["bit"] }, STAGES[0]);

test("network and sequences stand inside, apart from each other", () => {
  for (const stage of STAGES) {
    for (const network of NETWORKS) {
      for (const rows of [0, 4]) {
        const { strips, card, blocks } = layoutSequences(network, { count: 4, steps: 12, rows, names: ["value", "mark"] }, stage);
        assert.ok(strips.length >= 1);
        const boxes = strips.flatMap(({ input, output }) => [input, output]);
        for (const { x, y, w, h } of [...boxes, card.cell, card.output, card.x]) {
          assert.ok(x - w / 2 >= 0 && x + w / 2 <= stage.width, JSON.stringify([stage, network, x, w]));
          assert.ok(y - h / 2 >= 0 && y + h / 2 <= stage.height, JSON.stringify([stage, network, y, h]));
        }
        for (const box of boxes) for (const own of [card.cell, card.output]) assert.ok(Math.abs(box.x - own.x) >= (box.w + own.w) / 2 || Math.abs(box.y - own.y) >= (box.h + own.h) / 2);
        for (let i = 1; i < boxes.length; i++) assert.ok(boxes[i].y - boxes[i - 1].y >= (boxes[i].h + boxes[i - 1].h) / 2);
        for (const { box } of blocks.slice(0, 3)) assert.ok(box.x - box.w / 2 >= card.cell.x - card.cell.w / 2 && box.y + box.h / 2 <= card.cell.y + card.cell.h / 2);
      }
    }
  }
});

test("a prediction stands where its number is, apart from its target by the gap", () => {
  const layout = place();
  const marks = sceneSaid(layout, [told], how);
  const dots = marks.filter(({ shape }) => shape === "circle");
  assert.equal(dots.length, 3);
  const { y } = layout.strips[0].output;
  assert.ok((dots[0].y ?? 0) < y && (dots[1].y ?? 0) > y);
  assert.deepEqual(dots.map(({ fill }) => fill), ["forward", "negative", "forward"]);
  assert.equal(marks.filter(({ key }) => key.startsWith("gap")).length, 3);
  assert.deepEqual(sceneSaid(layout, [{ ...told, said: null }], how), []);
  assert.equal(sceneSaid(layout, [{ ...told, said: [null, [NaN], [1]] }], how).filter(({ shape }) => shape === "circle").length, 1);
});

test("steps have names with input, target and prediction, and keys lead from one to the next", () => {
  const marks = sceneCard(place(), [told, { ...told, row: 9 }], { ...look, selection: "sequence1[2]" });
  const labels = new Map(marks.filter(({ id }) => id).map(({ id, label }) => [id, label]));
  assert.equal(labels.get("sequence0[1]"), "Sequence 5, step 2: bit 0, target odd, prediction even (88 %)");
  assert.equal(new Set(marks.map(({ key }) => key)).size, marks.length);
  assert.ok(marks.some(({ key }) => key === "chip"));
  assert.deepEqual(neighbors("cell", "ArrowRight"), ["sequence0[0]"]);
  assert.deepEqual(neighbors("sequence0[0]", "ArrowLeft"), ["cell"]);
  assert.deepEqual(neighbors("sequence0[1]", "ArrowDown"), ["sequence1[1]", "sequence1[0]"]);
});

test("of many steps a sequence has one handle", () => {
  const long = { ...told, inputs: Array(200).fill([1]), targets: Array(200).fill([1]), labels: Array(200).fill(1), said: null };
  const layout = layoutSequences({ inputs: 1, units: 3, outputs: 1, gates: 1 }, { count: 2, steps: 200, rows: 0, names: [] }, STAGES[0]);
  assert.deepEqual(sceneCard(layout, [long, long], look).filter(({ id }) => id?.startsWith("sequence")).map(({ id }) => id), ["sequence0[0]", "sequence1[0]"]);
});

test("classes share out one whole, and where the largest is wrong it is marked", () => {
  const many = { ...how, kind: /** @type {const} */ ("classes"), classes: ["a", "b", "c"], shares: true };
  const one = { ...told, inputs: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], labels: [0, 1, 2], said: [[9, 0, 0], [0, 0, 9], [0, 0, 1]] };
  const roll = rollSaid(one, many);
  assert.equal(roll.length, 9);
  for (const t of [0, 1, 2]) assert.ok(Math.abs(roll[t] + roll[3 + t] + roll[6 + t] - 1) < 1e-12);
  assert.equal(sceneSaid(place(3), [one], many).length, 1);
  assert.equal(writeInput(one, 1, ["a", "b", "c"]), "b");
  assert.equal(writeSaid(one, 0, many), "a (100 %)");
});

test("cells are painted row by row from the top", () => {
  const pixels = new Uint8ClampedArray(8);
  const scale = new Uint8ClampedArray(129 * 3).map((_, i) => Math.floor(i / 3));
  paintCells(pixels, [-1, 1], (value) => value, scale);
  assert.deepEqual([...pixels], [0, 0, 0, 255, 128, 128, 128, 255]);
});

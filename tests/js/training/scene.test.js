import assert from "node:assert/strict";
import { test } from "node:test";
import { layoutTraining } from "../../../static/js/layout/training.js";
import { curvePath } from "../../../static/js/scene/training/fit.js";
import { sceneEdges, sceneFrames } from "../../../static/js/scene/training/network.js";
import { makeScale, paintClasses, paintShares } from "../../../static/js/scene/training/pixels.js";
import { readOutputs, readUnit } from "../../../static/js/scene/training/reading.js";
import { MOST_CLASSES, shapePath } from "../../../static/js/scene/training/shapes.js";
import { neighbor } from "../../../static/js/views/training/keys.js";
import { takeTurns } from "../../../static/js/views/training/turns.js";
import { CATALOG, NUMBERS, THREE, TWO } from "./setups.js";

const network = (/** @type {number} */ inputs, /** @type {number[]} */ ...units) => ({ inputs, layers: units.map((count) => ({ units: count, label: "tanh" })) });
const STAGES = [{ width: 776, height: 728 }, { width: 1300, height: 900 }, { width: 390, height: 644 }, { width: 320, height: 500 }];

test("everything stands inside and nothing on anything else", () => {
  for (const stage of STAGES) {
    for (const shape of [network(2, 8, 8, 8, 1), network(2, 1), network(2, 6, 3), network(7, 4, 1), network(2, 8, 8, 8, 8, 8, 8, 1)]) {
      const { layers, field, units } = layoutTraining(shape, stage, { plane: true, square: true });
      assert.ok(field);
      const boxes = [...units.values()].filter(({ w }) => w !== field.w);
      for (const box of [...boxes, field]) {
        assert.ok(box.x - box.w / 2 >= 0 && box.x + box.w / 2 <= stage.width, `${box.x} ${box.w}`);
        assert.ok(box.y - box.h / 2 >= 0 && box.y + box.h / 2 <= stage.height);
      }
      for (const box of boxes) assert.ok(Math.abs(box.x - field.x) >= (box.w + field.w) / 2 || Math.abs(box.y - field.y) >= (box.h + field.h) / 2);
      for (const column of layers) for (let i = 1; i < column.length; i++) assert.ok(Math.hypot(column[i].x - column[i - 1].x, column[i].y - column[i - 1].y) >= column[i].w);
    }
  }
});

test("without a plane the network has the stage to itself", () => {
  const { field, layers, edges } = layoutTraining(network(64, 24, 10), STAGES[0], { plane: false, square: false });
  assert.equal(field, null);
  assert.deepEqual(layers.map((units) => units.length), [64, 24, 10]);
  assert.equal(edges.length, 64 * 24 + 24 * 10);
  assert.equal(layers[0][0].form, "cell");
});

test("an edge shows its weight by hue and width", () => {
  const layout = layoutTraining(network(2, 1), STAGES[0], { plane: true, square: true });
  const marks = sceneEdges(layout, { parameters: { "layer1.weight": [[2, -0.01]] } }, { selection: null, hover: null });
  assert.deepEqual(marks.map(({ stroke }) => stroke), ["positive", "negative"]);
  assert.ok((marks[0].strokeWidth ?? 0) > (marks[1].strokeWidth ?? 0));
});

test("every part has a name and can be walked to", () => {
  const layout = layoutTraining(network(2, 3, 1), STAGES[0], { plane: true, square: true });
  const document = { parameters: { "layer1.weight": [[1, 2], [3, 4], [5, 6]], "layer1.bias": [0.5, 0, 0], "layer2.weight": [[1, 1, -1]], "layer2.bias": [0] } };
  const marks = sceneFrames(layout, document, { selection: "layer1.weight[0][1]", hover: null, names: ["x₁", "x₂"], ranges: { x: [-6, 6], y: [-6, 6] }, title: "Output", classes: ["a", "b"], held: true, diverged: 1, brush: false });
  const labels = new Map(marks.filter(({ id }) => id).map(({ id, label }) => [id, label]));
  assert.equal(labels.get("layer1.weight[0][1]"), "weight from x₂ to layer 1, unit 1: 2");
  assert.equal(labels.get("layer1[0]"), "layer 1, unit 1, bias 0.5");
  assert.equal(labels.get("layer2[0]"), "the output, bias 0");
  assert.equal(new Set(marks.map(({ key }) => key)).size, marks.length);
  assert.ok(marks.some(({ text }) => text === "w +2"));
  assert.ok(marks.some(({ text }) => text === "held out"));
  assert.ok(marks.some(({ key, stroke }) => key === "unit:layer1[0]" && stroke === "negative"));
  const all = () => true;
  assert.equal(neighbor(layout, "x[0]", "forward", all), "layer1.weight[0][0]");
  assert.equal(neighbor(layout, "layer1.weight[0][0]", "forward", all), "layer1[0]");
  assert.equal(neighbor(layout, "layer1[0]", "next", all), "layer1[1]");
  assert.equal(neighbor(layout, "layer1[1]", "back", all), "layer1.weight[1][0]");
  assert.equal(neighbor(layout, "layer2[0]", "forward", all), null);
});

test("outputs are read as the loss means them", () => {
  const spec = (/** @type {string} */ loss) => ({ loss: { name: loss }, layers: [{ units: 1, activation: { name: "plain" } }] });
  const logit = readOutputs(spec("logit"), TWO, CATALOG);
  assert.equal(logit.share(0), 0);
  assert.ok(Math.abs(logit.share(2) - (2 / (1 + Math.exp(-2)) - 1)) < 1e-12);
  assert.equal(readOutputs(spec("square"), TWO, CATALOG).share(-1), -1);
  const numbers = readOutputs(spec("square"), NUMBERS, CATALOG);
  assert.deepEqual([numbers.share(-1), numbers.share(1.5)], [-1, 1]);
  assert.equal(readOutputs({ loss: { name: "shares" }, layers: [{ units: 3 }] }, THREE, CATALOG).kind, "classes");
  assert.equal(readUnit({ size: 1, values: Float32Array.of(-4) })(-4), -1);
  assert.equal(readUnit({ size: 1, values: Float32Array.of(0.01) })(0.01) < 0.1, true);
});

const PALETTE = /** @type {import("../../../static/js/scene/training/pixels.js").Palette} */ ({ ground: [255, 255, 255], low: [200, 0, 0], high: [0, 0, 200], classes: [[10, 0, 0], [0, 10, 0], [0, 0, 10]] });

test("the first row of a map is at the foot of the picture", () => {
  const pixels = new Uint8ClampedArray(16);
  paintShares(pixels, { size: 2, values: Float32Array.of(1, -1, 0, NaN) }, (value) => value, makeScale(PALETTE));
  const at = (/** @type {number} */ i) => [...pixels.slice(4 * i, 4 * i + 4)];
  assert.deepEqual([at(0), at(1)], [[255, 255, 255, 255], [255, 255, 255, 255]]);
  assert.ok(at(2)[2] > at(2)[0] && at(3)[0] > at(3)[2]);
});

test("the class with the largest output has the place", () => {
  const pixels = new Uint8ClampedArray(4);
  paintClasses(pixels, [1, 5, 2].map((value) => ({ size: 1, values: Float32Array.of(value) })), PALETTE);
  assert.ok(pixels[1] > pixels[0] && pixels[1] > pixels[2]);
});

test("a curve stays in its box and leaves gaps", () => {
  const d = curvePath({ size: 4, values: Float32Array.of(0, 100, NaN, 1) }, { x: 50, y: 50, w: 100, h: 100 }, [0, 1]);
  assert.equal(d, "M0 100L33.3 0M100 0");
});

test("no two classes have the same shape", () => {
  const shapes = Array.from({ length: MOST_CLASSES }, (_, label) => shapePath(label, 0, 0, 5));
  assert.equal(new Set(shapes).size, MOST_CLASSES);
});

test("parts are drawn in turn, one per animation frame, and only where there is something new", () => {
  /** @type {(() => void)[]} */
  const frames = [];
  const drawn = /** @type {string[]} */ ([]);
  const refresh = takeTurns((callback) => frames.push(callback), [() => drawn.push("a"), () => drawn.push("b")]);
  const tick = () => frames.shift()?.();
  refresh();
  refresh();
  assert.equal(frames.length, 1);
  tick();
  assert.deepEqual(drawn, ["a"]);
  refresh();
  tick();
  tick();
  assert.deepEqual(drawn, ["a", "b", "a"]);
  tick();
  assert.deepEqual(drawn, ["a", "b", "a"]);
  refresh();
  tick();
  tick();
  assert.deepEqual(drawn, ["a", "b", "a", "b", "a"]);
  assert.equal(frames.length, 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { framePlot, scenePlot } from "../../../static/js/scene/playground/plot.js";

const size = { width: 360, height: 260 };

/** The curve of f over -5 to 5, as the API would answer it. */
const sweep = (f) => {
  const x = Array.from({ length: 101 }, (_, i) => -5 + i / 10);
  const wire = (value) => (Number.isFinite(value) ? value : String(value));
  return { name: "x", output: "f", reach: 5, x, y: x.map((value) => wire(f(value))) };
};
const draw = (curve, touch) => new Map(scenePlot(curve, touch, size).map((mark) => [mark.key, mark]));
const points = (d) => d.match(/-?[\d.]+ -?[\d.]+/g).map((pair) => pair.split(" ").map(Number));

test("the point stands where the axes say, and the tangent goes through it with its slope", () => {
  const curve = sweep((x) => x * x);
  const touch = { x: 2, y: 4, slope: 4 };
  const frame = framePlot(curve, touch, size);
  const marks = draw(curve, touch);
  assert.equal(marks.get("point").x, frame.x(2));
  assert.equal(marks.get("point").y, frame.y(4));
  const [[x0, y0], [x1, y1]] = points(marks.get("tangent").d);
  const toX = (px) => ((px - frame.left) / (frame.right - frame.left)) * 10 - 5;
  const toY = (py) => frame.low + ((frame.bottom - py) / (frame.bottom - frame.top)) * (frame.high - frame.low);
  const slope = (toY(y1) - toY(y0)) / (toX(x1) - toX(x0));
  assert.ok(Math.abs(slope - 4) < 0.05, String(slope));
  assert.ok(Math.abs(toY(y0) + 4 * (2 - toX(x0)) - 4) < 0.05);
  assert.equal(marks.get("slope").text, "slope 4");
});

test("nothing is drawn outside the frame", () => {
  const cases = [
    [sweep((x) => 1 / x), { x: 0.5, y: 2, slope: -4 }],
    [sweep((x) => Math.exp(x * 3)), { x: 4.9, y: Math.exp(14.7), slope: 3 * Math.exp(14.7) }],
    [sweep((x) => 7), { x: -5, y: 7, slope: 0 }],
    [sweep((x) => -x), { x: 5, y: -5, slope: -1 }],
  ];
  for (const [curve, touch] of cases) {
    const frame = framePlot(curve, touch, size);
    const marks = draw(curve, touch);
    const drawn = [...points(marks.get("curve").d), ...points(marks.get("tangent").d), [marks.get("point").x, marks.get("point").y]];
    for (const [x, y] of drawn) {
      assert.ok(x >= frame.left - 0.02 && x <= frame.right + 0.02, `${x}`);
      assert.ok(y >= frame.top - 0.02 && y <= frame.bottom + 0.02, `${y}`);
    }
  }
});

test("a pole parts the curve, and so does where it is not a number", () => {
  const parts = (d) => d.split("M").length - 1;
  assert.equal(parts(draw(sweep((x) => x), { x: 0, y: 0, slope: 1 }).get("curve").d), 1);
  assert.equal(parts(draw(sweep((x) => 1 / (x - 0.05)), { x: 1, y: 1, slope: -1 }).get("curve").d), 2);
  const root = draw(sweep(Math.sqrt), { x: 1, y: 1, slope: 0.5 }).get("curve").d;
  assert.equal(parts(root), 1);
  assert.equal(points(root).length, 51);
});

test("a value that is not finite is said, without a point or a tangent", () => {
  const marks = draw(sweep(Math.log), { x: -1, y: "NaN", slope: "NaN" });
  assert.match(marks.get("broken").text, /NaN/);
  assert.equal(marks.has("point"), false);
  assert.equal(marks.has("tangent"), false);
});

test("a slope that is not finite leaves the point alone", () => {
  const marks = draw(sweep(Math.sqrt), { x: 0, y: 0, slope: "Infinity" });
  assert.equal(marks.has("point"), true);
  assert.equal(marks.has("tangent"), false);
});

test("a curve without a finite value has axes and nothing else to show", () => {
  const marks = draw(sweep(() => NaN), { x: 1, y: "NaN", slope: "NaN" });
  assert.equal(marks.get("curve").d, "");
  assert.ok(marks.has("grid"));
});

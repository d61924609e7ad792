import assert from "node:assert/strict";
import { test } from "node:test";

import { findBest, isBent, sceneErrors } from "../../../static/js/scene/check.js";
import { createCheck, findWorst, nameEntry, sortEntries } from "../../../static/js/state/check.js";
import { createStore } from "../../../static/js/state/store.js";
import { loadTrace } from "../fixtures.js";

const entry = (parameter, index, relative_error, kink = null) => ({ parameter, index, analytic: index[0] ?? 0, numeric: 1, relative_error, h: 1e-5, kink });
const entries = [entry("w", [0, 1], 1e-9), entry("w", [1, 0], 3e-8), entry("b", [1], "NaN", { node: "a", index: [0, 0] }), entry("c", [], 0)];
const report = { passed: true, max_relative_error: 3e-8, tolerance: 1e-6, h: 6e-6, checked: 4, total: 4, held: [], entries };

const open = () => {
  const trace = loadTrace("neuron");
  const { network, inputs, targets } = trace;
  const preset = { name: "p", network, inputs, targets, optimizer: { name: "o" } };
  const store = createStore(/** @type {any} */ ({ catalog: { presets: [preset] }, trace, preset }));
  return { store, check: createCheck(store), trace };
};

test("nothing is asked until it is opened; then the table, and then the curve of the worst entry", () => {
  const { check, trace } = open();
  assert.equal(check.table.asked.value, null);
  check.show();
  const { path, body } = check.table.asked.value;
  assert.equal(path, "/networks/gradient-check");
  assert.deepEqual(JSON.parse(body).network.parameters, trace.network.parameters);
  assert.equal(check.chart.asked.value, null);
  check.table.receive({ answer: report }, check.table.asked.value);
  assert.equal(nameEntry(check.entry.value), "w[1][0]");
  assert.deepEqual(JSON.parse(check.chart.asked.value.body).curve, { node: "w", index: [1, 0] });
  check.choose("c");
  assert.deepEqual(JSON.parse(check.chart.asked.value.body).curve, { node: "c", index: [] });
  const curve = [{ h: 0.1, numeric: 1, error: 1e-3 }];
  check.chart.receive({ answer: { ...report, curve } }, check.chart.asked.value);
  assert.deepEqual(check.curve.value, curve);
  check.choose("w[0][1]");
  assert.equal(check.curve.value, null);
  check.close();
  assert.deepEqual([check.table.asked.value, check.chart.asked.value], [null, null]);
});

test("a refusal is a problem, not a report", () => {
  const { check } = open();
  check.show();
  check.table.receive({ problem: { title: "", detail: "too large", errors: [] } }, check.table.asked.value);
  assert.equal(check.report.value, null);
  assert.equal(check.problem.value.detail, "too large");
});

test("another run is checked anew", () => {
  const { check, store, trace } = open();
  check.show();
  check.table.receive({ answer: report }, check.table.asked.value);
  store.actions.receive({ ...trace, inputs: [[3]] });
  assert.equal(check.report.value, null);
  assert.notEqual(check.table.asked.value, null);
});

test("the worst is the largest error away from kinks", () => {
  assert.equal(nameEntry(findWorst(entries)), "w[1][0]");
  assert.equal(nameEntry(findWorst([entries[2]])), "b[1]");
  assert.equal(findWorst([]), null);
});

test("the table is sorted by any column, both ways; what is no number comes at the large end", () => {
  const order = (column, down) => sortEntries(entries, { column, down }).map(nameEntry);
  assert.deepEqual(order("name", false), ["w[0][1]", "w[1][0]", "b[1]", "c"]);
  assert.deepEqual(order("relative_error", false), ["c", "w[0][1]", "w[1][0]", "b[1]"]);
  assert.deepEqual(order("relative_error", true), ["b[1]", "w[1][0]", "w[0][1]", "c"]);
  const { check } = open();
  check.sort("relative_error");
  assert.deepEqual(check.sorted.value, { column: "relative_error", down: true });
  check.sort("relative_error");
  assert.deepEqual(check.sorted.value, { column: "relative_error", down: false });
  check.sort("name");
  assert.deepEqual(check.sorted.value, { column: "name", down: false });
});

/** h squared from truncation, 1 / h from rounding. */
const curve = Array.from({ length: 25 }, (_, i) => 10 ** (-1 - i / 2)).map((h) => ({ h, numeric: 1, error: h ** 2 + 1e-16 / h }));
const sizes = [{ width: 500, height: 280 }, { width: 320, height: 240 }];

test("the best step is near the cube root of the rounding error", () => {
  const best = findBest(curve);
  assert.ok(best.h > 1e-6 && best.h < 1e-4, String(best.h));
  assert.equal(findBest([{ h: 1, error: "NaN" }]), null);
});

test("a straight line has no arm on the right", () => {
  const straight = curve.map(({ h }) => ({ h, numeric: 1, error: 1e-16 / h }));
  assert.equal(isBent(curve), true);
  assert.equal(isBent(straight), false);
  const texts = sceneErrors(straight, 6e-6, sizes[0]).map(({ text }) => text);
  assert.ok(texts.includes("rounding") && !texts.includes("truncation"));
});

for (const size of sizes) {
  test(`the curve at ${size.width}: a V with straight arms on logarithmic axes, inside its frame`, () => {
    const marks = sceneErrors(curve, 6e-6, size);
    const points = marks.filter(({ key }) => key.startsWith("point:")).sort((a, b) => a.x - b.x);
    assert.equal(points.length, curve.length);
    for (const { x, y } of points) assert.ok(x >= 0 && x <= size.width && y >= 0 && y <= size.height);
    const slope = (a, b) => (b.y - a.y) / (b.x - a.x);
    const [left, right] = [slope(points[0], points[4]), slope(points.at(-5), points.at(-1))];
    assert.ok(left > 0 && right < 0);
    // h squared rises twice as steeply as 1 / h falls.
    assert.ok(Math.abs(right / left + 2) < 0.05, String(right / left));
    const best = marks.find(({ key }) => key === "best");
    assert.equal(best.y, Math.max(...points.map(({ y }) => y)));
    assert.ok(marks.find(({ text }) => text === "rounding").x < best.x);
    assert.ok(marks.find(({ text }) => text === "truncation").x > best.x);
  });
}

test("errors of zero stand at the foot, and what is no number is left out", () => {
  for (const errors of [[0, 0, 0], ["NaN", 1e-3, 0], ["NaN", "NaN", "Infinity"]]) {
    const marks = sceneErrors(errors.map((error, i) => ({ h: 10 ** -i, numeric: 1, error })), 1e-5, sizes[0]);
    assert.equal(marks.filter(({ key }) => key.startsWith("point:")).length, errors.filter(Number.isFinite).length);
    for (const mark of marks) assert.ok(!/NaN|Infinity|null/.test(JSON.stringify(mark)), JSON.stringify(mark));
  }
});

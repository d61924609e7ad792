import assert from "node:assert/strict";
import { test } from "node:test";
import { fitRange, fitReach, listTicks, roundUp, snap } from "../../../static/js/layout/axes.js";

test("round numbers are 1, 2 and 5 times powers of ten", () => {
  for (const [size, round] of [[1, 1], [1.2, 2], [3, 5], [6, 10], [0.03, 0.05], [0.1, 0.1], [700, 1000], [1e-300, 1e-300]]) {
    assert.equal(roundUp(size), round);
  }
});

test("an axis reaches past its value, and no less than 5", () => {
  for (const [value, reach] of [[0, 5], [-2, 5], [4, 5], [5, 10], [-10, 20], [6.88, 10], [1e6, 2e6]]) {
    assert.equal(fitReach(value), reach, String(value));
    assert.ok(fitReach(value) > Math.abs(value));
  }
});

test("an axis of the largest numbers still has two ends and a middle", () => {
  const reach = fitReach(1.7e308);
  assert.ok(Number.isFinite(2 * reach));
});

test("ticks are round, inside, and not too many", () => {
  assert.deepEqual(listTicks(-5, 5, 4), [-5, 0, 5]);
  assert.deepEqual(listTicks(-1, 1, 10), [-1, -0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8, 1]);
  for (const [low, high] of [[-13.2, 4.7], [0.01, 0.013], [1e9, 1e9 + 5], [-1e-8, 3e-8]]) {
    const ticks = listTicks(low, high, 5);
    assert.ok(ticks.length >= 1 && ticks.length <= 6);
    assert.ok(ticks.every((tick) => tick >= low - 1e-9 * Math.abs(low) && tick <= high + 1e-9 * Math.abs(high)), String(ticks));
  }
  assert.deepEqual(listTicks(1, 1, 5), []);
});

test("a hand sets decimals without dust", () => {
  assert.equal(snap(0.30000000000000004, 5), 0.3);
  assert.equal(snap(-2.013, 5), -2);
  assert.equal(snap(1234.4, 2000), 1230);
});

test("the range is all of the values, but for a pole's", () => {
  const { low, high } = fitRange([-1, 0, 3], 2);
  assert.ok(low < -1 && low > -2 && high > 3 && high < 4);
  const pole = Array.from({ length: 201 }, (_, i) => 1 / ((i - 100.5) / 20));
  const seen = fitRange(pole, 1);
  assert.ok(seen.high < 10 && seen.low > -10);
  assert.ok(fitRange(pole, 40).high > 40);
});

test("one value, or none, still makes a range", () => {
  for (const values of [[], [0], [7, 7], [NaN, Infinity], [1e-320], [1.7e308, -1.7e308]]) {
    const { low, high } = fitRange(values, values[0] ?? NaN);
    assert.ok(low < high, String(values));
    assert.ok(Number.isFinite(high - low), String(values));
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { deriveStep, nameLine, splitResult } from "../../../static/js/layout/derivation.js";

const line = (name, latex, numbers, value) => ({ name, meaning: `what ${name} is`, latex, latex_numbers: numbers, value });
const axis = (name, m, w) => ({
  name,
  before: 1,
  grad: 2,
  lines: [line("m", "m_t = a + b", `m_t = 0.9 + ${m} = ${m + 0.9}`, m + 0.9), line("correction1", "c_1 = 1 - \\beta^t", "c_1 = 1 - 0.9^2 = 0.19", 0.19), line("w_new", "w' = w - \\alpha m", `w' = ${w} = ${w}`, w)],
  after: w,
  delta: w - 1,
});

test("the numbers of a line lead to its result, which is a pill", () => {
  assert.deepEqual(splitResult("m = 0.9 \\cdot 2 = 1.8", "forward"), { way: "0.9 \\cdot 2", result: "\\htmlClass{pill forward}{1.8}" });
  assert.deepEqual(splitResult("b = 2 = 2", "loss"), { way: null, result: "\\htmlClass{pill loss}{2}" });
  assert.equal(nameLine("m_t = a + b"), "m_t");
});

test("what is kept, what is computed on the way and the step itself differ in tone", () => {
  const lines = deriveStep([axis("x", 1, 0.5), axis("y", 2, 0.25)], ["m"]);
  assert.deepEqual(lines.map(({ tone }) => tone), ["forward", "loss", "update"]);
  assert.deepEqual(lines[0].readings.map(({ axis, value }) => [axis, value]), [["x", 1.9], ["y", 2.9]]);
  assert.equal(lines[2].readings[1].way, null);
});

test("what is the same along both axes is said once", () => {
  const [, correction] = deriveStep([axis("x", 1, 0.5), axis("y", 2, 0.25)], ["m"]);
  assert.deepEqual(correction.readings.map(({ axis }) => axis), [""]);
  assert.equal(deriveStep([axis("w", 1, 0.5)], ["m"])[1].readings[0].axis, "w");
});

test("without axes there is nothing to derive", () => {
  assert.deepEqual(deriveStep([], []), []);
});

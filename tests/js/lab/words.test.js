import assert from "node:assert/strict";
import { test } from "node:test";
import { clipGradients, cutNormal } from "../../../static/js/layout/lab/clip.js";
import { fitDecades, listPowers, share } from "../../../static/js/layout/lab/decades.js";
import { measureRatio, splitFactor, tellFlow, tellStep } from "../../../static/js/layout/lab/words.js";
import { listRules } from "../../../static/js/panels/lab/theory.js";
import { makeFlow, summary } from "./flows.js";

const plain = { residual: false, layer_norm: false };

test("the factor and what is left follow from the gradients", () => {
  const { factor, left } = measureRatio(makeFlow({ depth: 11, factor: 0.5 }));
  assert.ok(Math.abs(factor - 0.5) < 1e-12);
  assert.ok(Math.abs(left - 2 ** -10) < 1e-15);
  assert.equal(measureRatio(makeFlow({ change: () => ({ grad_z_rms: summary(0) }) })).left, 0, "nothing of nothing");
});

test("slopes times weights are the factor", () => {
  const flow = makeFlow({ depth: 8, factor: 0.45, slope: 0.15 });
  const { slopes, weights } = splitFactor(flow);
  assert.ok(Math.abs(slopes - 0.15) < 1e-12);
  assert.ok(Math.abs(slopes * weights - 0.45) < 1e-12);
});

test("the sentence says whether the gradient shrinks, grows or holds, and why", () => {
  const tell = (options, form = plain) => tellFlow(makeFlow(options), form);
  assert.equal(tell({ depth: 31, factor: 0.45 }), "Each layer multiplies the gradient by 0.45, slopes of 0.25 times weights of 1.8: after 31 layers 3.9e\u221211 of it is left.");
  assert.match(tell({ depth: 11, factor: 2, slope: 0.5 }), /by 2, slopes of 0.5 times weights of 4: after 11 layers it is 1000 times as large/);
  assert.match(tell({ depth: 5, factor: 1, slope: 1 }), /hands the gradient on nearly as it is, times 1, .*100\u00a0% of it is left/);
  assert.match(tell({ change: () => ({ dead: summary(0.5) }) }), /\(50\u00a0% are 0\)/);
  assert.match(tell({ change: () => ({ saturated: summary(0.3) }) }), /\(30\u00a0% are nearly 0\)/);
  assert.match(tell({}, { ...plain, residual: true }), /hands it past its slopes/);
});

test("the sentence tells of numbers that end or leave the range, and of a single layer", () => {
  const tell = (options) => tellFlow(makeFlow(options), plain);
  assert.match(tell({ change: (i) => (i < 2 ? { grad_z_rms: summary(0) } : {}) }), /nothing reaches layer 1/);
  assert.match(tell({ change: (i) => (i === 3 ? { z_variance: summary("Infinity") } : {}) }), /In layer 4 the numbers leave/);
  assert.match(tell({ depth: 1 }), /single layer/);
});

test("a step says its factor beside theory", () => {
  const flow = makeFlow({ depth: 5, factor: 0.5 });
  assert.match(tellStep(flow, 4), /random gradient of size 1/);
  assert.equal(tellStep(flow, 2), "From layer 4 to layer 3 the gradient is multiplied by 0.5 (theory: 0.5): 0.25.");
});

test("an axis holds its values between powers of ten", () => {
  const decades = fitDecades([0.003, 40, 0, "NaN", null]);
  assert.deepEqual(decades, { low: -3, high: 2 });
  assert.ok(share(0.003, decades) > 0 && share(40, decades) < 1);
  assert.equal(share(0, decades), 0);
  assert.equal(share("Infinity", decades), 1);
  assert.ok(Number.isNaN(share("NaN", decades)));
  assert.deepEqual(listPowers({ low: -12, high: 1 }, 5), [-10, -5, 0]);
  const far = fitDecades([1e-300, 1]);
  assert.ok(far.high - far.low <= 61);
});

test("clipping by the norm scales all layers alike, and only when it has to", () => {
  const { layers } = makeFlow({ depth: 3, factor: 0.5 });
  const { before, after, norm, norm_after } = clipGradients(layers, 100, { by: "norm", at: 6 });
  assert.ok(Math.abs(norm - Math.sqrt(100 * (3 ** 2 + 1.5 ** 2 + 0.75 ** 2))) < 1e-9);
  assert.ok(Math.abs(norm_after - 6) < 1e-9);
  assert.deepEqual(after.map((size, i) => (size / before[i]).toFixed(9)), Array(3).fill((6 / norm).toFixed(9)));
  assert.deepEqual(clipGradients(layers, 100, { by: "norm", at: 1e6 }).after, before);
});

test("cutting a normal variable is what an integral over it says", () => {
  for (const [sigma, at] of [[1, 1], [2, 0.5], [0.1, 1], [3, 10], [1, 0.002]]) {
    let sum = 0;
    const steps = 400_000;
    for (let i = 0; i < steps; i += 1) {
      const x = -10 + (20 * (i + 0.5)) / steps;
      sum += Math.min(Math.abs(x * sigma), at) ** 2 * Math.exp((-x * x) / 2) * (20 / steps);
    }
    const expected = Math.sqrt(sum / Math.sqrt(2 * Math.PI));
    assert.ok(Math.abs(cutNormal(sigma, at) / expected - 1) < 1e-3, `${sigma} ${at}: ${cutNormal(sigma, at)} ${expected}`);
  }
  assert.equal(cutNormal(0, 1), 0);
  assert.equal(cutNormal(1e9, 1), 1);
});

test("the formulas have the numbers of the layer", () => {
  const [variance, factor] = listRules(makeFlow({ factor: 0.5 }), 2);
  assert.equal(variance.numbers, "q_{3} = 2^2 \\cdot 0.313 + 0.5^2 = 1.5");
  assert.equal(factor.numbers, "\\chi_{3} = 2^2 \\cdot 0.0625 = 0.25");
  assert.equal(listRules(makeFlow(), 0).length, 1);
});

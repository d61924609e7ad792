import assert from "node:assert/strict";
import { test } from "node:test";

import { findRoutes, lightAll, lightOne } from "../../../static/js/layout/routes.js";
import { explained } from "../explained.js";

const near = (a, b) => assert.ok(Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(a)), `${a} is not ${b}`);
const product = (values) => values.reduce((whole, value) => whole * value, 1);

for (const [name, { trace, explanation }] of Object.entries(explained)) {
  const routes = findRoutes(trace, explanation);

  test(`${name}: the routes' products are those of their factors and add up to the gradient`, () => {
    near(routes.reduce((sum, route) => sum + route.product, 0), explanation.grad);
    for (const { steps, product: whole } of routes) near(product(steps.map(({ factor }) => factor)), whole);
  });

  test(`${name}: no path is lost, and the one that counts most comes first`, () => {
    assert.equal(routes.reduce((sum, { count }) => sum + count, 0), explanation.path_count);
    assert.equal(new Set(routes.map(({ key }) => key)).size, routes.length);
    const sizes = routes.map((route) => Math.abs(route.product));
    assert.deepEqual(sizes, sizes.toSorted((a, b) => b - a));
  });

  test(`${name}: every part is there in the picture`, () => {
    const ids = trace.nodes
      ? trace.nodes.flatMap(({ id, inputs }) => [id, ...inputs.map((_, i) => `${id}:${i}`)])
      : ["loss", ...trace.weights.map(({ id }) => id), ...trace.units.flatMap(({ id, bias_id }) => [id, bias_id, `wire:${id}`])];
    for (const { parts, steps } of routes) {
      for (const part of parts) assert.ok(ids.includes(part), part);
      for (const { part } of steps) assert.ok(parts.includes(part), part);
    }
  });
}

test("in the network a path runs through weights and units, and the loss is one step", () => {
  const { trace, explanation } = explained.mazur;
  const [first, second] = findRoutes(trace, explanation);
  assert.deepEqual(first.parts, ["layer1.weight[0][0]", "layer1[0]", "layer2[0]", "loss", "layer2.weight[0][0]", "wire:layer2[0]"]);
  assert.deepEqual(first.steps.map(({ part }) => part), ["layer1.weight[0][0]", "layer1[0]", "layer2.weight[0][0]", "layer2[0]", "wire:layer2[0]"]);
  assert.deepEqual(first.steps.map(({ tone }) => tone), ["forward", "loss", "forward", "loss", "backward"]);
  // Rumelhart's rule with Mazur's numbers: what arrives at the output, its slope, w5, the slope, i1.
  const out = trace.units.find(({ id }) => id === "layer2[0]");
  const hidden = trace.units.find(({ id }) => id === "layer1[0]");
  [0.05, hidden.slope, 0.4, out.slope, out.grad_a].forEach((factor, i) => near(first.steps[i].factor, factor));
  assert.ok(second.parts.includes("layer2.weight[1][0]"));
  assert.deepEqual(first.words, ["weight w₁₁", "layer 1, unit 1", "layer 2, unit 1", "the loss"]);
  assert.equal(first.sample, null);
});

test("of a batch every sample has its own routes", () => {
  const { trace, explanation } = explained.xor;
  const routes = findRoutes(trace, explanation);
  assert.deepEqual(routes.map(({ sample }) => sample).sort(), [0, 1, 2, 3]);
  const weight = trace.weights.find(({ id }) => id === "layer1.weight[1][0]");
  for (const { sample, product: own } of routes) near(own, weight.contributions[sample]);
});

test("paths that part only inside the loss are one route, whose last factor is the sum of theirs", () => {
  const { trace, explanation } = explained.softmax;
  const routes = findRoutes(trace, explanation);
  assert.equal(explanation.path_count, 16);
  assert.deepEqual(routes.map(({ count }) => count), Array(8).fill(2));
  for (const { steps } of routes) {
    const { part, factor } = steps.at(-1);
    near(factor, trace.units.find(({ id }) => `wire:${id}` === part).grad_a);
  }
});

test("where an activation mixes a layer the route goes by both units", () => {
  const { trace, explanation } = explained.shares;
  const across = findRoutes(trace, explanation).find(({ parts }) => parts.includes("layer3[0]") && parts.includes("layer3[1]"));
  assert.ok(across);
  assert.equal(across.steps.length, 3);
});

test("in the graph a path runs node by node, also where a node is used twice", () => {
  const { trace, explanation } = explained.fork;
  const routes = findRoutes(trace, explanation);
  const { id } = trace.nodes.find(({ inputs }) => inputs[0] === "c" && inputs[1] === "c");
  const twice = routes.filter(({ parts }) => parts.includes(id));
  assert.deepEqual(twice.map(({ parts }) => parts.find((part) => part.startsWith(`${id}:`))).sort(), [`${id}:0`, `${id}:1`]);
  for (const { steps } of routes) assert.deepEqual(steps.at(-1).part, "g:0");
  assert.deepEqual(twice[0].latex.slice(0, 2), ["b", "c"]);
});

test("in a graph the light of a route knows its entries", () => {
  const { trace, explanation } = explained.neuron;
  const { entries } = lightOne(findRoutes(trace, explanation)[0]);
  assert.deepEqual(entries.get("layer1.weight"), [0, 0]);
  assert.deepEqual(entries.get("layer1.z"), [0]);
  assert.deepEqual(entries.get("loss"), []);
});

test("the light of one route is full, and has its factors; that of all has their shares", () => {
  const { trace, explanation } = explained.mazur;
  const routes = findRoutes(trace, explanation);
  const one = lightOne(routes[0]);
  assert.deepEqual([...new Set(one.parts.values())], [1]);
  assert.equal(one.factors.get("layer2.weight[0][0]"), routes[0].steps[2].factor);
  const all = lightAll(routes);
  assert.equal(all.parts.get("layer1[0]"), 1);
  assert.equal(all.factors.size, 0);
  const [strong, weak] = routes.map((route) => Math.abs(route.product));
  near(all.parts.get("layer2[0]"), strong / (strong + weak));
  near(all.parts.get("layer2[1]"), weak / (strong + weak));
});

test("light survives products that are zero or no numbers", () => {
  const route = { key: "a", latex: [], words: [], parts: ["a", "loss"], steps: [], entries: [], count: 1, sample: null };
  assert.deepEqual([...lightAll([{ ...route, product: 0 }]).parts.values()], [0, 0]);
  for (const product of ["NaN", "Infinity"]) assert.deepEqual([...lightAll([{ ...route, product }]).parts.values()], [1, 1]);
});

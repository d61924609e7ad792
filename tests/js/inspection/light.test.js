import assert from "node:assert/strict";
import { test } from "node:test";

import { layoutGraph } from "../../../static/js/layout/graph.js";
import { layoutNetwork } from "../../../static/js/layout/network.js";
import { findRoutes, lightAll, lightOne } from "../../../static/js/layout/routes.js";
import { sceneGraph } from "../../../static/js/scene/graph/graph.js";
import { sceneNetwork } from "../../../static/js/scene/network.js";
import { explained } from "../explained.js";
import { stages } from "../fixtures.js";

const keysOf = (marks) => marks.map(({ key }) => key);

for (const [name, { trace, id, explanation }] of Object.entries(explained)) {
  const routes = findRoutes(trace, explanation);
  const [layout, scene] = trace.nodes ? [layoutGraph, sceneGraph] : [layoutNetwork, sceneNetwork];
  const draw = (stage, looking) => scene(trace, layout(trace, stage), trace.beats.length, { selection: id, ...looking });

  for (const stage of stages) {
    test(`${name} at ${stage.width}: exactly the path is lit, and the rest is behind the veil`, () => {
      for (const route of routes) {
        const marks = draw(stage, { light: lightOne(route) });
        const keys = keysOf(marks);
        assert.equal(new Set(keys).size, keys.length);
        const veil = keys.indexOf("veil");
        const ways = keys.filter((key) => /^light:[^:]+(:\d+)?$/.test(key) || key.startsWith("light:wire:"));
        const lit = new Set(ways.map((key) => key.replace("light:", "")));
        const edges = route.steps.map(({ part }) => part).filter((part) => /:|weight/.test(part) && !part.includes("bias"));
        for (const part of edges) assert.ok(lit.has(part), part);
        for (const key of keys.filter((one) => one.startsWith("light:"))) assert.ok(keys.indexOf(key) > veil, key);
        for (const key of keys.filter((one) => /^light:.*:ring$/.test(one))) assert.ok(route.parts.includes(key.slice(6, -5).split(" ")[0]), key);
        assert.ok(keys.filter((one) => one.startsWith("edge:")).every((key) => keys.indexOf(key) < veil));
        assert.ok(keys.findIndex((one) => one.startsWith("handle:")) > veil);
      }
    });
  }

  test(`${name}: without light nothing is veiled`, () => {
    assert.ok(!keysOf(draw(stages[2], {})).includes("veil"));
  });

  test(`${name}: of all paths, what carries most is widest`, () => {
    const light = lightAll(routes);
    const marks = new Map(draw(stages[2], { light }).map((mark) => [mark.key, mark]));
    const ways = [...light.parts].flatMap(([part, share]) => (marks.get(`light:${part}`)?.shape === "curve" ? [{ share, mark: marks.get(`light:${part}`) }] : []));
    assert.ok(ways.length > 1);
    ways.sort((a, b) => a.share - b.share);
    const widths = ways.map(({ mark }) => mark.strokeWidth);
    assert.deepEqual(widths, widths.toSorted((a, b) => a - b));
    assert.ok(![...marks.keys()].some((key) => key.endsWith(":factor")));
  });
}

test("factors stand where the path takes them, inside the stage", () => {
  const { trace, explanation } = explained.mazur;
  for (const stage of stages) {
    const [route] = findRoutes(trace, explanation);
    const marks = sceneNetwork(trace, layoutNetwork(trace, stage), trace.beats.length, { light: lightOne(route) });
    const tags = marks.filter(({ key }) => key.endsWith(":factor"));
    assert.deepEqual(tags.map(({ key }) => key.slice(6, -7)).sort(), route.steps.map(({ part }) => part).sort());
    for (const { x, y, width, height } of tags) assert.ok(x >= 0 && y >= 0 && x + width <= stage.width && y + height <= stage.height);
    assert.ok(marks.some(({ text }) => text === "× 0.4"));
  }
});

test("a bias that units share is lit at each of them", () => {
  const { trace } = explained.mazur;
  const units = trace.units.map((unit) => (unit.layer === 1 ? { ...unit, bias_id: "layer1.bias[0]" } : unit));
  const shared = { ...trace, units };
  const parts = new Map(["layer1.bias[0]", "layer1[0]", "layer1[1]", "loss"].map((part) => [part, 1]));
  const light = { parts, factors: new Map([["layer1.bias[0]", 1]]), entries: new Map() };
  const keys = keysOf(sceneNetwork(shared, layoutNetwork(shared, stages[2]), trace.beats.length, { light }));
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(keys.filter((key) => /^light:layer1\.bias.*:ring$/.test(key)).length, 2);
});

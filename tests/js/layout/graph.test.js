import assert from "node:assert/strict";
import { test } from "node:test";

import { fitAll, lookAt, mix, toScene, toScreen, zoomAt } from "../../../static/js/layout/camera.js";
import { cutStart, pointAt, thread } from "../../../static/js/layout/curve.js";
import { layoutGraph } from "../../../static/js/layout/graph.js";
import { loadGraph, names, stages } from "../graphs.js";

/** A chain of layers, or one shared leaf with many uses, without numbers that matter. */
function makeTrace(nodes) {
  const whole = nodes.map(([id, inputs]) => ({ id, op: inputs.length ? "add" : null, inputs, role: "value", layer: null, time: null, latex: id, label: "+", shape: [], value: 1, grad: 1, messages: [] }));
  return { network: { spec: { kind: "expression" } }, sample: 0, batch: 1, nodes: whole, beats: [], updates: {} };
}

function assertApart(layout) {
  const places = [...layout.nodes.values()];
  places.forEach((a, i) => {
    for (const b of places.slice(i + 1)) {
      const apart = Math.abs(a.x - b.x) * 2 >= a.w + b.w || Math.abs(a.y - b.y) * 2 >= a.h + b.h;
      assert.ok(apart, `${a.id} and ${b.id}`);
    }
  });
}

for (const name of names) {
  for (const stage of stages) {
    test(`${name} on ${stage.width}: nodes apart and inside, edges along the flow`, () => {
      const layout = layoutGraph(loadGraph(name), stage);
      const { down, picture } = layout;
      assert.equal(down, stage.width < 560);
      assertApart(layout);
      for (const { x, y, w, h } of layout.nodes.values()) {
        assert.ok(x - w / 2 >= -0.5 && x + w / 2 <= picture.width + 0.5);
        assert.ok(y - h / 2 >= -0.5 && y + h / 2 <= picture.height + 0.5);
      }
      for (const { from, to, curve } of layout.edges) {
        const [source, target] = [layout.nodes.get(from), layout.nodes.get(to)];
        const [start, end] = [pointAt(curve, 0), pointAt(curve, 1)];
        assert.deepEqual([start.x, start.y], [source.out.x, source.out.y]);
        if (down) assert.ok(start.y < end.y && Math.abs(end.y - (target.y - target.h / 2)) < 1e-6);
        else assert.ok(start.x < end.x && Math.abs(end.x - (target.x - target.w / 2)) < 1e-6);
        assert.ok(Math.abs(end.x - target.x) <= target.w / 2 + 1e-6 && Math.abs(end.y - target.y) <= target.h / 2 + 1e-6);
      }
    });
  }
}

test("other numbers do not move anything", () => {
  const trace = loadGraph("fork");
  const other = structuredClone(trace);
  for (const node of other.nodes) node.value = -1234.5678;
  const [before, after] = [trace, other].map((run) => layoutGraph(run, stages[1]));
  assert.equal(after.key, before.key);
  assert.deepEqual([...after.nodes.values()], [...before.nodes.values()]);
});

test("layers run straight: the value goes between its weight and its bias", () => {
  const { nodes } = layoutGraph(loadGraph("deep"), stages[1]);
  const line = ["x", "layer1.z", "layer1.a", "layer2.z", "layer2.a", "layer5.z", "layer5.a"].map((id) => nodes.get(id).y);
  for (const y of line) assert.ok(Math.abs(y - line[0]) < 1, String(line));
  assert.ok(nodes.get("layer3.weight").y < nodes.get("layer2.a").y);
  assert.ok(nodes.get("layer3.bias").y > nodes.get("layer2.a").y);
});

test("two uses of one value arrive side by side", () => {
  const { edges } = layoutGraph(loadGraph("fork"), stages[1]);
  const twice = edges.filter(({ from, to }) => from === "c" && to === edges.find((edge) => edge.from === "c")?.to);
  assert.equal(twice.length, 2);
  assert.notEqual(pointAt(twice[0].curve, 1).y, pointAt(twice[1].curve, 1).y);
  assert.notEqual(twice[0].id, twice[1].id);
});

test("a graph that is too much for dagre still stands apart, in ranks", () => {
  const nodes = [["w", []], ["h0", []]];
  for (let t = 1; t <= 200; t++) nodes.push([`z${t}`, [`h${t - 1}`, "w"]], [`h${t}`, [`z${t}`]]);
  const layout = layoutGraph(makeTrace(nodes), stages[1]);
  assertApart(layout);
  for (const { from, to } of layout.edges) assert.ok(layout.nodes.get(from).x < layout.nodes.get(to).x);
});

test("many numbers become cells, few stay numbers, and what is cut is said to be", () => {
  const trace = loadGraph("xor");
  const { nodes } = layoutGraph(trace, stages[1]);
  assert.equal(nodes.get("layer1.a").form, "grid");
  assert.equal(nodes.get("layer1.a").value.numbered, true);
  assert.equal(nodes.get("layer2.weight").value.numbered, false);
  assert.equal(nodes.get("layer2.z").form, "number");
  const wide = trace.nodes.find(({ id }) => id === "layer2.weight");
  wide.value = wide.grad = [Array.from({ length: 40 }, (_, i) => i)];
  const place = layoutGraph(trace, stages[1]).nodes.get("layer2.weight");
  assert.deepEqual([place.value.columns, place.value.cut], [12, true]);
});

test("a curve through points passes them and can be cut anywhere", () => {
  for (const down of [false, true]) {
    const points = [[0, 0], [50, 40], [100, 40], [160, -10]].map(([a, b]) => (down ? { x: b, y: a } : { x: a, y: b }));
    const curve = thread(points, down);
    points.forEach((point, i) => assert.deepEqual(pointAt(curve, i / 3), point));
    for (const t of [0.1, 1 / 3, 0.5, 0.9]) {
      const rest = cutStart(curve, t);
      const [a, b] = [pointAt(rest, 0), pointAt(curve, t)];
      assert.ok(Math.hypot(a.x - b.x, a.y - b.y) < 1e-9);
      assert.deepEqual(pointAt(rest, 1), points[3]);
    }
  }
});

test("the camera: all in view, one point kept, halfway between two", () => {
  const [picture, stage] = [{ width: 2000, height: 400 }, { width: 800, height: 600 }];
  const margins = { left: 20, top: 70, right: 20, bottom: 60 };
  const all = fitAll(picture, stage, margins, 1.5);
  const [first, last] = [toScreen(all, { x: 0, y: 0 }), toScreen(all, { x: 2000, y: 400 })];
  assert.ok(first.x >= 20 && first.y >= 70 && last.x <= 780 && last.y <= 540);
  assert.equal(fitAll({ width: 10, height: 10 }, stage, margins, 1.5).k, 1.5);
  const at = { x: 300, y: 200 };
  const near = zoomAt(all, 2, at);
  const [before, after] = [toScene(all, at), toScene(near, at)];
  assert.ok(Math.hypot(before.x - after.x, before.y - after.y) < 1e-9);
  assert.equal(zoomAt(all, 1e9, at).k, 4);
  const follow = lookAt({ x: 1950, y: 200 }, 1, picture, stage, margins);
  assert.equal(toScreen(follow, { x: 2000, y: 0 }).x, 780);
  assert.deepEqual(mix(all, follow, 1, stage).k, 1);
  const start = mix(all, follow, 0, stage);
  for (const part of ["k", "x", "y"]) assert.ok(Math.abs(start[part] - all[part]) < 1e-9);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { layoutGraph } from "../../../static/js/layout/graph.js";
import { findReading, findView, listViews } from "../../../static/js/views/index.js";
import { graph, walkGraph } from "../../../static/js/views/graph.js";
import { loadGraph, names, stages } from "../graphs.js";

const dense = { kind: "dense" };
const expression = { kind: "expression" };

test("the keys lead along the edges to the output and back", () => {
  const layout = layoutGraph(loadGraph("product"), stages[1]);
  const path = ["z"];
  for (let next = walkGraph(layout, "z", "forward"); next; next = walkGraph(layout, next, "forward")) path.push(next);
  assert.deepEqual(path, ["z", "f:1", "f"]);
  assert.equal(walkGraph(layout, "f:1", "back"), "z");
  assert.equal(walkGraph(layout, "z", "back"), null);
});

for (const name of names) {
  for (const stage of stages) {
    test(`on ${stage.width} every node and edge of ${name} can be walked to`, () => {
      const trace = loadGraph(name);
      const layout = layoutGraph(trace, stage);
      const seen = new Set([graph.first(trace)]);
      for (const id of seen) {
        for (const direction of ["forward", "back", "next", "previous"]) {
          const next = walkGraph(layout, id, direction);
          if (next) seen.add(next);
        }
      }
      assert.equal(seen.size, layout.nodes.size + layout.edges.length);
      for (const id of seen) assert.ok(graph.place(trace, layout, id), id);
    });
  }
}

test("single numbers of leaves can be changed, under their place in the question", () => {
  const neuron = loadGraph("neuron");
  assert.deepEqual(graph.edits(neuron, "x"), { id: "x[0]", value: 2 });
  assert.deepEqual(graph.edits(neuron, "layer1.weight"), { id: "layer1.weight[0][0]", value: 0.5 });
  assert.deepEqual(graph.edits(neuron, "layer1.bias"), { id: "layer1.bias[0]", value: 0 });
  assert.deepEqual(graph.edits(neuron, "y"), { id: "y[0]", value: 0 });
  assert.equal(graph.edits(neuron, "layer1.z"), null);
  assert.equal(graph.edits(loadGraph("xor"), "x"), null);
  assert.deepEqual(graph.edits(loadGraph("product"), "z"), { id: "z", value: -4 });
  assert.equal(graph.edits(loadGraph("fork"), "c1"), null);
});

test("a view opens for the kinds that it can show, and is drawn once its trace is there", () => {
  assert.deepEqual(listViews(dense).map(({ id }) => id), ["network", "graph"]);
  assert.deepEqual(listViews(expression).map(({ id }) => id), ["graph"]);
  assert.equal(findView("graph", dense, "units").id, "network");
  assert.equal(findView("graph", dense, "nodes").id, "graph");
  assert.equal(findReading("graph", dense), "nodes");
  assert.equal(findReading("network", dense), "units");
  assert.equal(findReading("network", expression), "nodes");
  assert.equal(findReading("table", dense), null);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { nameEdge } from "../../../static/js/layout/entries.js";
import { layoutGraph } from "../../../static/js/layout/graph.js";
import { pointAt } from "../../../static/js/layout/curve.js";
import { aimCamera } from "../../../static/js/scene/graph/camera.js";
import { sceneGraph } from "../../../static/js/scene/graph/graph.js";
import { tellStory } from "../../../static/js/scene/graph/story.js";
import { findBeat, graphAt, loadGraph, names, stages } from "../graphs.js";

const shows = (marks, id, what) => [...marks.keys()].some((key) => key === `node:${id}:${what}` || key.startsWith(`node:${id}:${what}:`));

for (const name of names) {
  for (const stage of stages) {
    test(`${name} on ${stage.width}: every moment has plain marks with unique keys, and nothing unreached is shown`, () => {
      const trace = loadGraph(name);
      const story = tellStory(trace);
      const layout = layoutGraph(trace, stage);
      trace.beats.forEach((beat, index) => {
        for (const u of [0, 0.5, 1]) {
          const list = sceneGraph(trace, layout, index + u);
          const marks = new Map(list.map((mark) => [mark.key, mark]));
          assert.equal(marks.size, list.length, `${index} ${u}`);
          for (const mark of list) {
            for (const part of ["x", "y", "r", "width", "height", "opacity", "strokeWidth"]) {
              if (mark[part] !== undefined) assert.ok(Number.isFinite(mark[part]), `${mark.key} ${part}`);
            }
            for (const part of ["r", "width", "height"]) assert.ok(!(mark[part] < 0), mark.key);
          }
          for (const node of trace.nodes) {
            const { form } = layout.nodes.get(node.id);
            const known = index + u > story.value.get(node.id);
            if (!known && form !== "grid") assert.ok(!shows(marks, node.id, "value"), `${node.id} at ${index + u}`);
            if (!known && form === "grid") assert.ok(!marks.has(`node:${node.id}:value:0:0`), node.id);
            const returned = index + u > (story.grad.get(node.id) ?? Infinity);
            if (!returned && form !== "grid") assert.ok(!shows(marks, node.id, "grad"), `${node.id} at ${index + u}`);
            if (!returned && form === "grid") assert.ok(!marks.has(`node:${node.id}:grad:0:0`), node.id);
          }
          for (const { id } of layout.edges) {
            if (index + u <= (story.message.get(id) ?? Infinity)) assert.ok(!marks.has(`gradient:${id}`), id);
          }
        }
      });
    });
  }
}

test("leaves come in hollow and fill", () => {
  const trace = loadGraph("product");
  assert.equal(graphAt(trace, "leaves", null, 0).get("node:x").fill, "paper");
  const after = graphAt(trace, "leaves", null, 1);
  assert.equal(after.get("node:x").fill, "raise");
  assert.equal(after.get("node:x:value").text, "\u22122");
  assert.equal(after.get("node:z").stroke, "negative");
  assert.equal(after.get("node:q").fill, "paper");
});

test("a node takes its inputs: beads with their values travel to it, then its value counts in", () => {
  const trace = loadGraph("product");
  const layout = layoutGraph(trace, stages[1]);
  const half = graphAt(trace, "node", "q", 0.4);
  for (const [input, text] of [[0, "\u22122"], [1, "5"]]) {
    const edge = layout.edges.find(({ id }) => id === nameEdge("q", input));
    const bead = half.get(`bead:${edge.id}`);
    assert.equal(bead.fill, "forward");
    assert.equal(half.get(`bead:${edge.id}:number`).text, text);
    const [start, end] = [pointAt(edge.curve, 0), pointAt(edge.curve, 1)];
    assert.ok(bead.x > start.x && bead.x < end.x);
  }
  assert.equal(half.get("node:q").stroke, "forward");
  assert.ok(!half.has("node:q:value"));
  const after = graphAt(trace, "node", "q", 1);
  assert.equal(after.get("node:q:value").text, "3");
  assert.ok(![...after.keys()].some((key) => key.startsWith("bead:")));
});

test("the output begins the backward pass with 1", () => {
  const trace = loadGraph("product");
  assert.ok(!graphAt(trace, "seed", null, 0).has("node:f:grad"));
  assert.equal(graphAt(trace, "seed", null, 1).get("node:f:grad").text, "\u2202 +1");
  assert.equal(graphAt(trace, "seed", null, 1).get("node:f").fill, "loss-tint");
  assert.equal(graphAt(trace, "seed", null, 1).get("legend:2:value").text, "1");
  assert.ok(!graphAt(trace, "node", "f", 1).has("legend:2"));
});

test("a message is upstream before it meets the local derivative, and their product after", () => {
  const trace = loadGraph("product");
  const edge = nameEdge("f", 0);
  const before = graphAt(trace, "messages", "f", 0.3);
  assert.equal(before.get(`bead:${edge}:number`).text, "+1");
  assert.equal(before.get(`local:${edge}:text`).text, "\u00d7 z = \u22124");
  assert.equal(before.get(`local:${nameEdge("f", 1)}:text`).text, "\u00d7 q = 3");
  assert.ok(!before.has("node:q:grad"));
  const after = graphAt(trace, "messages", "f", 0.6);
  assert.equal(after.get(`bead:${edge}:number`).text, "\u22124");
  assert.ok(after.get(`bead:${edge}`).x < before.get(`bead:${edge}`).x);
  const end = graphAt(trace, "messages", "f", 1);
  assert.equal(end.get("node:q:grad").text, "\u2202 \u22124");
  assert.equal(end.get("node:z:grad").text, "\u2202 +3");
  assert.ok(!end.has(`local:${edge}`));
  assert.equal(end.get(`gradient:${edge}`).stroke, "backward");
});

test("at a fork the messages wait, and then add up", () => {
  const trace = loadGraph("fork");
  const sent = trace.nodes.flatMap(({ id, messages }) => messages.filter(({ to }) => to === "a").map(({ input, value }) => ({ tag: `waiting:${nameEdge(id, input)}:text`, value })));
  assert.equal(sent.length, 2);
  const waiting = graphAt(trace, "sum", "a", 0.05);
  assert.ok(!waiting.has("node:a:grad"));
  for (const { tag, value } of sent) assert.equal(Math.sign(value), waiting.get(tag).text.startsWith("+") ? 1 : -1);
  const gathering = graphAt(trace, "sum", "a", 0.5);
  for (const { tag } of sent) assert.ok(gathering.get(tag).x < waiting.get(tag).x);
  const after = graphAt(trace, "sum", "a", 1);
  assert.equal(after.get("node:a:grad").text, `\u03a3 +${sent.reduce((sum, { value }) => sum + value, 0).toFixed(3)}`);
  for (const { tag } of sent) assert.ok(!after.has(tag));
});

test("a slope of zero swallows what comes", () => {
  const trace = loadGraph("dead");
  const edge = nameEdge("u", 0);
  assert.ok(!graphAt(trace, "messages", "u", 0.3).has(`swallow:${edge}`));
  const half = graphAt(trace, "messages", "u", 0.6);
  assert.ok(half.has(`swallow:${edge}`));
  assert.ok(!half.has(`bead:${edge}:number`));
  const end = graphAt(trace, "messages", "u", 1);
  assert.equal(end.get("node:x:grad").text, "\u2202 0");
  assert.ok(!end.has(`gradient:${edge}`));
});

test("vectors travel as strips and stay as cells", () => {
  const trace = loadGraph("xor");
  const half = graphAt(trace, "node", "layer1.a", 0.3);
  assert.equal([...half.keys()].filter((key) => key.startsWith(`bead:${nameEdge("layer1.a", 0)}:`)).length, 4);
  const end = graphAt(trace, "node", "layer1.a", 1);
  const row = trace.nodes.find(({ id }) => id === "layer1.a").value[trace.sample];
  row.forEach((_, i) => assert.ok(end.has(`node:layer1.a:value:${i}:0:number`)));
  assert.ok(!end.has("node:layer1.a:grad:0:0"));
});

test("what is not finite has its own look", () => {
  const trace = loadGraph("product");
  trace.nodes.find(({ id }) => id === "x").value = "Infinity";
  trace.nodes.find(({ id }) => id === "q").value = "NaN";
  const marks = graphAt(trace, "node", "q", 0.4);
  assert.equal(marks.get(`bead:${nameEdge("q", 0)}`).fill, "paper");
  assert.ok(graphAt(trace, "node", "q", 1).has("node:q:value:hatch"));
});

test("the update rolls parameters to their new values, the loss says what came of it", () => {
  const trace = loadGraph("neuron");
  const { before, after } = trace.updates["layer1.weight"];
  assert.notDeepEqual(before, after);
  const read = (u) => Number(graphAt(trace, "update", null, u).get("node:layer1.weight:value").text.replace("\u2212", "-"));
  assert.equal(read(1), Number(after[0][0].toPrecision(3)));
  assert.ok(read(0.5) !== read(1));
  assert.ok(graphAt(trace, "update", null, 0.9).has("node:layer1.weight:step:step"));
  assert.match(graphAt(trace, "afterwards", null, 1).get("node:loss:after").text, /^\u2192 /);
});

test("with reduced motion every beat is its last frame", () => {
  const trace = loadGraph("fork");
  for (const index of trace.beats.keys()) {
    const layout = layoutGraph(trace, stages[1]);
    const [early, end] = [index + 0.2, index + 1].map((at) => sceneGraph(trace, layout, at, { reducedMotion: true }));
    assert.deepEqual(early, end);
  }
});

test("every node and edge has a handle that says its numbers once they are known", () => {
  const trace = loadGraph("product");
  const start = graphAt(trace, "leaves", null, 1);
  assert.equal(start.get("handle:q").label, "q, add: not reached yet, gradient not reached yet");
  const end = graphAt(trace, "messages", "q", 1);
  assert.equal(end.get("handle:q").label, "q, add: 3, gradient \u22124");
  assert.equal(end.get("handle:x").label, "input x: \u22122, gradient \u22124");
  assert.equal(end.get(`handle:${nameEdge("f", 0)}`).label, "q, add into f, multiply: sends back \u22124");
  for (const { id, inputs } of trace.nodes) {
    assert.ok(end.has(`handle:${id}`));
    inputs.forEach((_, i) => assert.ok(end.has(`handle:${nameEdge(id, i)}`)));
  }
});

test("an edge that is pointed at tells its product", () => {
  const trace = loadGraph("product");
  const edge = nameEdge("f", 0);
  assert.ok(!graphAt(trace, "seed", null, 1, { hover: edge }).has(`told:${edge}`));
  assert.equal(graphAt(trace, "messages", "f", 1, { hover: edge }).get(`told:${edge}:text`).text, "1 \u00d7 \u22124 = \u22124");
});

test("the camera shows all of what can be read, and else follows the beat", () => {
  const small = loadGraph("product");
  const layout = layoutGraph(small, stages[1]);
  for (const at of [0, 1, 3.5, small.beats.length]) assert.deepEqual(aimCamera(small, layout, at, false), aimCamera(small, layout, at, true));
  const deep = loadGraph("deep");
  const long = layoutGraph(deep, stages[1]);
  const all = aimCamera(deep, long, 1, true);
  assert.ok(all.k < 0.5);
  assert.deepEqual(aimCamera(deep, long, 1, false).k, all.k);
  const { x, y } = long.nodes.get("layer4.z");
  const near = aimCamera(deep, long, findBeat(deep, "node", "layer4.z") + 1, false);
  assert.equal(near.k, 1);
  const screen = { x: x * near.k + near.x, y: y * near.k + near.y };
  assert.ok(screen.x > 0 && screen.x < stages[1].width && screen.y > 0 && screen.y < stages[1].height);
});

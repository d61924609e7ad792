import assert from "node:assert/strict";
import { test } from "node:test";

import { layoutNetwork } from "../../../static/js/layout/network.js";
import { formatNumber } from "../../../static/js/layout/number.js";
import { pointAt } from "../../../static/js/layout/curve.js";
import { loadTrace, pictureAt, stages } from "../fixtures.js";

const W = "layer1.weight[0][0]";
const UNIT = "unit:layer1[0]";
const layout = layoutNetwork(loadTrace("neuron"), stages[2]);
const [edge] = layout.edges;

/** The worked example: what is written where, at the start, middle and end of a beat. */
function texts(marks) {
  return Object.fromEntries([...marks.values()].filter(({ shape }) => shape === "text").map(({ key, text }) => [key, text]));
}

function atBeat(kind, layer, name = "neuron") {
  return [0, 0.5, 1].map((u) => pictureAt(name, kind, layer, u));
}

test("inputs: the value appears in its disc", () => {
  const [before, during, after] = atBeat("inputs", 0);
  assert.equal(before.has("unit:x[0]:a"), false);
  assert.equal(before.get("unit:x[0]").stroke, "ink-3");
  assert.ok(during.get("unit:x[0]:a").opacity > 0 && during.get("unit:x[0]:a").opacity < 1);
  assert.equal(after.get("unit:x[0]:a").text, "2");
  assert.equal(after.get("unit:x[0]:a").opacity, 1);
});

test("linear: the value leaves, becomes the product halfway, and lands on the stack", () => {
  const early = pictureAt("neuron", "linear", 1, 0.3);
  assert.equal(early.get(`bead:${W}`).fill, "forward");
  assert.equal(early.get(`bead:${W}:number`).text, "2");
  const [before, during, after] = atBeat("linear", 1);
  assert.equal(before.has(`bead:${W}`), false);
  const middle = pointAt(edge.curve, 0.5);
  const bead = during.get(`bead:${W}`);
  assert.ok(Math.hypot(bead.x - middle.x, bead.y - middle.y) < 1);
  assert.equal(bead.fill, "positive");
  assert.equal(during.get(`bead:${W}:number`).text, "+1");
  assert.equal(during.has(`${UNIT}:z`), false);
  assert.equal(after.has(`bead:${W}`), false);
  assert.equal(after.get(`${UNIT}:z`).text, "1");
  assert.equal(after.get(`${UNIT}:stack:0`).fill, "positive");
  assert.equal(after.has(`${UNIT}:a`), false);
});

test("linear: stacked products reach from the zero line to z", () => {
  const marks = pictureAt("small", "linear", 2, 1);
  const trace = loadTrace("small");
  const key = "unit:layer2[0]:stack";
  const zero = Number(/M\S+ (\S+)H/.exec(marks.get(`${key}:zero`).d)[1]);
  const level = Number(/M\S+ (\S+)H/.exec(marks.get(`${key}:level`).d)[1]);
  const bars = [...marks.values()].filter((mark) => mark.key.startsWith(key) && mark.shape === "rect");
  const products = trace.weights.filter(({ to }) => to === "layer2[0]").map(({ product }) => product);
  assert.equal(bars.length, products.length);
  bars.forEach((bar, i) => assert.equal(bar.fill, products[i] > 0 ? "positive" : "negative"));
  const perUnit = Math.max(...bars.map((bar, i) => (bar.height + 1) / Math.abs(products[i])));
  const z = trace.units.find(({ id }) => id === "layer2[0]").z;
  assert.ok(Math.abs(zero - level - z * perUnit) < 1.5);
});

test("activation: the point drops onto the curve, then a appears", () => {
  const [before, during, after] = atBeat("activation", 1);
  assert.equal(before.has(`${UNIT}:curve:point`), false);
  assert.ok(during.has(`${UNIT}:curve:point`));
  assert.equal(during.has(`${UNIT}:a`), false);
  assert.equal(after.get(`${UNIT}:a`).text, "1");
  assert.ok(after.get(`${UNIT}:curve:point`).y < during.get(`${UNIT}:curve:point`).y);
});

test("activation without a curve: the column shares out one whole", () => {
  const [before, , after] = atBeat("activation", 3, "shares");
  const key = "unit:layer3[0]:shares";
  assert.equal(before.has(`${key}:layer3[0]`), false);
  const [own, other, whole] = ["layer3[0]", "layer3[1]", "whole"].map((part) => after.get(`${key}:${part}`));
  assert.ok(Math.abs(own.width + other.width - whole.width) < 1e-9);
  assert.equal(own.fill, "forward");
  assert.equal(other.fill, "rule");
});

test("loss: the gap opens, is squared, and the number counts in", () => {
  const [before, during, after] = atBeat("loss", null);
  assert.equal(before.get("loss").fill, "paper");
  assert.equal(before.has("loss:gap:0"), false);
  assert.ok(during.has("loss:gap:0"));
  assert.equal(during.has("loss:value"), false);
  const square = after.get("loss:square:0");
  assert.ok(square.width > 0 && Math.abs(square.width - square.height) < 1e-9);
  assert.equal(after.get("loss:value").text, "1");
});

test("loss without a difference: its steps are written out", () => {
  const after = pictureAt("small", "loss", null, 1);
  assert.equal(after.has("loss:gap:0"), false);
  assert.ok(after.has("loss:step:loss.log"));
});

test("loss: its name is written smaller before a word of it is left out", () => {
  const titleOf = (loss) => {
    const trace = loadTrace("small");
    return pictureAt({ ...trace, network: { ...trace.network, spec: { ...trace.network.spec, loss } } }, "loss", null, 1).get("loss:title");
  };
  const [short, long, longest] = ["hinge", "binary_cross_entropy", "binary_cross_entropy_with_logits"].map(titleOf);
  assert.equal(long.text, "binary cross entropy");
  assert.ok(long.size < short.size && long.size >= 11);
  assert.equal(longest.text, long.text);
});

test("loss gradient: a bead in the backward hue lands at the output port", () => {
  const [before, during, after] = atBeat("loss_gradient", null);
  assert.equal(before.has("bead:layer1[0]"), false);
  assert.equal(during.get("bead:layer1[0]").fill, "backward");
  assert.equal(during.get("bead:layer1[0]:number").text, "+2");
  assert.equal(during.has("tag:layer1[0]"), false);
  assert.match(after.get("tag:layer1[0]:text").text, /\+2$/);
  assert.equal(after.has("bead:layer1[0]"), false);
});

test("slope: the tangent appears, the bead passes, dL/dz is written", () => {
  const [before, during, after] = atBeat("slope", 1);
  assert.equal(before.has(`${UNIT}:curve:tangent`), false);
  assert.equal(during.get(`${UNIT}:curve:slope`).text, "slope 1");
  assert.equal(during.get(`${UNIT}:curve:gradient`).fill, "backward");
  assert.equal(during.has(`${UNIT}:delta`), false);
  assert.equal(after.get(`${UNIT}:delta`).text, "\u2202L/\u2202z = 2 \u00d7 1 = 2");
  assert.equal(after.has(`${UNIT}:curve:gradient`), false);
});

test("slope: a slope of 0 swallows the bead", () => {
  const key = "unit:layer1[0]:curve";
  assert.ok(pictureAt("dead", "slope", 1, 0.5).get(`${key}:gradient`).r > 0);
  const late = pictureAt("dead", "slope", 1, 0.75);
  assert.equal(late.has(`${key}:gradient`), false);
  assert.ok(late.has(`${key}:swallow`));
  const after = pictureAt("dead", "slope", 1, 1);
  assert.match(after.get("unit:layer1[0]:delta").text, /= 0$/);
  assert.equal(pictureAt("dead", "messages", 1, 0.5).has(`bead:${W}`), false);
});

test("weights: delta and activation meet, the product settles as a tag", () => {
  const [before, during, after] = atBeat("weights", 1);
  assert.equal(before.has(`bead:${W}`), false);
  assert.equal(during.get(`bead:${W}`).fill, "backward");
  assert.equal(during.get(`waiting:${W}`).fill, "forward");
  assert.equal(during.has(`gradient-tag:${W}`), false);
  assert.match(after.get(`gradient-tag:${W}:rule`).text, /2 \u00b7 2$/);
  assert.equal(after.get(`gradient-tag:${W}:result`).text, "+4");
  assert.equal(after.has(`bead:${W}`), false);
});

test("weights of a batch: the sample's share, then the histogram and the whole gradient", () => {
  const trace = loadTrace("xor");
  const selection = trace.weights.at(-1).id;
  const stage = stages[2];
  const [early, after] = [0.7, 1].map((u) => pictureAt("xor", "weights", 2, u, { selection, stage }));
  const bars = [...after.keys()].filter((key) => /:samples:\d+$/.test(key));
  const shares = trace.weights.at(-1).contributions;
  assert.equal(bars.length, shares.filter((share) => share !== 0).length);
  assert.equal(early.get(`gradient-tag:${selection}:result`).text, formatNumber(shares[trace.sample], { sign: true }));
  assert.match(after.get(`gradient-tag:${selection}:result`).text, /^\u03a3 [+\u2212]\d/);
});

test("messages: beads run down, are multiplied, and add up behind a sum sign", () => {
  const [before, during, after] = atBeat("messages", 2, "small");
  const beads = (marks) => [...marks.keys()].filter((key) => /^bead:layer2/.test(key));
  assert.equal(beads(before).length, 0);
  assert.ok(beads(during).length > 0);
  assert.equal(before.has("tag:layer1[0]"), false);
  assert.match(after.get("tag:layer1[0]:text").text, /^\u03a3 /);
  const stacked = pictureAt("small", "messages", 2, 0.8);
  assert.ok(stacked.has("sum:layer1[0]:0") && stacked.has("sum:layer1[0]:1"));
  assert.equal([...after.keys()].some((key) => key.startsWith("sum:")), false);
});

test("messages: a fan-out of one has neither stack nor sum sign", () => {
  assert.equal([...pictureAt("neuron", "messages", 1, 0.8).keys()].some((key) => key.startsWith("sum:")), false);
  assert.doesNotMatch(pictureAt("neuron", "messages", 1, 1).get("tag:x[0]:text").text, /\u03a3/);
});

test("update: the weight rolls from old to new over its ghost", () => {
  const [before, during, after] = atBeat("update", null);
  assert.equal(before.get(`chip:${W}:text`).text, "w +0.5");
  assert.equal(before.has(`ghost:${W}`), false);
  const number = Number(during.get(`chip:${W}:text`).text.replace("w +", ""));
  assert.ok(number < 0.5 && number > 0.1);
  assert.equal(after.get(`chip:${W}:text`).text, "w +0.1");
  assert.ok(after.get(`ghost:${W}`).strokeWidth > after.get(`edge:${W}`).strokeWidth);
  assert.equal(after.get(`chip:${W}:step:step`).stroke, "update");
  assert.equal(after.has(`chip:${W}:step:gradient`), false);
  assert.equal(after.get("bias:layer1[0]:value").text, "\u22120.2");
});

test("update with a stateful optimizer: the gradient's arrow stands beside the step", () => {
  const selection = "layer1.weight[0][0]";
  const after = pictureAt("adam", "update", null, 1, { selection });
  assert.equal(after.get(`chip:${selection}:step:step`).stroke, "update");
  assert.equal(after.get(`chip:${selection}:step:gradient`).stroke, "backward");
});

test("afterwards: the new loss beside the old, and the difference", () => {
  const [before, , after] = atBeat("afterwards", null);
  assert.equal(before.has("loss:after"), false);
  assert.equal(after.get("loss:value").text, "1");
  const trace = loadTrace("neuron");
  assert.equal(after.get("loss:after").text, `\u2192 ${trace.loss_after}`);
  assert.equal(after.get("loss:change").text, "\u0394L \u22121");
});

test("nothing is shown before it is reached, everything stays once it was", () => {
  const reached = { "unit:x[0]:a": 1, [`${UNIT}:z`]: 2, [`${UNIT}:a`]: 3, "loss:value": 4, "tag:layer1[0]": 5, [`${UNIT}:delta`]: 6, [`gradient-tag:${W}`]: 7, "tag:x[0]": 8, "loss:after": 10 };
  const { beats } = loadTrace("neuron");
  beats.forEach((beat, i) => {
    const shown = texts(pictureAt("neuron", beat.kind, null, 1));
    for (const [key, at] of Object.entries(reached)) {
      const there = key in shown || `${key}:text` in shown || `${key}:result` in shown;
      assert.equal(there, i + 1 >= at, `${key} after ${beat.kind}`);
    }
  });
});

test("values that are not finite have a look of their own", () => {
  const trace = loadTrace("overflow");
  const marks = pictureAt(trace, "activation", 2, 1);
  const unit = trace.units.at(-1);
  const point = marks.get(`unit:${unit.id}:curve:point`);
  if (unit.a === "NaN") assert.equal(point.shape, "rect");
  else assert.deepEqual([point.fill, point.stroke], ["paper", "backward"]);
  assert.match(marks.get(`unit:${unit.id}:a`).text, /NaN|\u221e/);
});

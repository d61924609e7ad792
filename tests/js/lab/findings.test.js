import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, listFindings, listTimeFindings, nameVerdict } from "../../../static/js/layout/lab/findings.js";
import { makeFlow, summary } from "./flows.js";

const tell = (options, form = { residual: false }) => Object.fromEntries(listFindings(makeFlow(options), form).map(({ title, text }) => [title, text]));
const cell = (name, options) => ({ name, label: name, flow: makeFlow({ spectrum: false, ...options }) });

test("the verdict follows from what is left, and is the same above 1 as below", () => {
  const lefts = [0, 1e-30, 0.009, 0.05, 0.1, 1, 10, 50, 1e3, NaN, Infinity];
  const verdicts = ["vanishes", "vanishes", "vanishes", "fades", "holds", "holds", "holds", "grows", "explodes", "breaks", "breaks"];
  assert.deepEqual(lefts.map(judge), verdicts);
  assert.equal(nameVerdict("fades"), "Fades");
});

test("measured factors are held against predicted ones", () => {
  assert.match(tell({ depth: 11, factor: 0.5 }).Backward, /multiplied by 0\.5 on its way back, as theory predicts \(0\.5\)\.$/);
  const off = tell({ depth: 11, factor: 0.5, change: (i) => ({ predicted_grad_z_rms: 0.6 ** (10 - i) }) });
  assert.match(off.Backward, /by 0\.5 .*; theory predicts 0\.6, for layers so wide/);
  const none = makeFlow({ change: () => ({ predicted_grad_z_rms: null }) });
  none.theory.unknown = "softmax mixes units";
  assert.match(listFindings(none, { residual: false })[0].text, /Theory has no number for it: softmax mixes units\./);
});

test("the cause is slopes times weights, or what goes past them", () => {
  assert.match(tell({ depth: 8, factor: 0.45, slope: 0.15 }).Cause, /slopes of the activation, 0\.15, and the weights, 3\./);
  assert.match(tell({ change: () => ({ dead: summary(0.5) }) }).Cause, /0\.25 \(50\u00a0% are 0\)/);
  assert.match(tell({}, { residual: true }).Cause, /residual connection carries past it/);
});

test("forward it says where the variance goes, and how a layer stretches", () => {
  const { Forward, Stretch } = tell({ depth: 4, factor: 0.5, change: (i) => ({ z_variance: summary(4 - i) }) });
  assert.match(Forward, /goes from 4 in layer 1 to 1 in layer 4; theory has it settle at 1\.5/);
  assert.match(Stretch, /one direction by 1\.5 and another by 0\.01; over all directions it is 0\.5/);
  assert.ok(!("Stretch" in tell({ spectrum: false })));
  const flat = { largest: summary(2), smallest: summary(1e-30), mean_square: summary(1) };
  assert.match(tell({ change: () => ({ singular_values: flat }) }).Stretch, /one direction by 2 and loses another altogether/);
  const even = { largest: summary(1), smallest: summary(1), mean_square: summary(1) };
  assert.match(tell({ change: () => ({ singular_values: even }) }).Stretch, /every direction by the same 1/);
});

test("numbers out of range have no findings", () => {
  assert.deepEqual(tell({ change: () => ({ grad_z_rms: summary("NaN") }) }), {});
});

test("through time every kind of cell has its verdict, and truncation comes first", () => {
  const cells = [cell("one", { depth: 21, factor: 0.5 }), cell("two", { depth: 21, factor: 1 })];
  const found = listTimeFindings(cells, { truncate: 0 });
  assert.match(found[0].text, /^Vanishes: 0\.5 from step to step, by theory 0\.5; \u00d7\u202f9\.5e\u22127 from time step 21 back to 1\.$/);
  assert.match(found[1].text, /^Holds: 1 from step to step/);
  assert.match(listTimeFindings(cells, { truncate: 5 })[0].text, /over 5 time steps and no further/);
  assert.equal(listTimeFindings(cells, { truncate: 21 }).length, 2);
  const ended = cell("cut", { depth: 4, change: (i) => (i < 2 ? { grad_z_rms: summary(0) } : {}) });
  assert.match(listTimeFindings([ended], { truncate: 0 })[0].text, /nothing reaches time step 1/);
});

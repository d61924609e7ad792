import assert from "node:assert/strict";
import { test } from "node:test";
import { tellTime, tellTimeStep } from "../../../static/js/layout/lab/timewords.js";
import { sceneTime } from "../../../static/js/scene/lab/time.js";
import { makeFlow, summary } from "./flows.js";

const cell = (name, options, theory = {}) => {
  const flow = makeFlow({ spectrum: false, ...options });
  return { name, label: name, flow: { ...flow, theory: { ...flow.theory, ...theory } } };
};
const cells = [cell("rnn", { depth: 20, factor: 0.5 }, { factor_bound: 0.25 }), cell("lstm", { depth: 20, factor: 0.9 })];
const looking = { shown: "z", playhead: 20, selected: null, hover: null, top: 92 };
const size = { width: 760, height: 640 };
const draw = (list, more = {}) => new Map(sceneTime(list, size, { ...looking, ...more }).map((mark) => [mark.key, mark]));
const points = (d) => (d.match(/-?[\d.]+ -?[\d.]+/g) ?? []).map((pair) => pair.split(" ").map(Number));

test("curves go back from the last time step as far as the pass has come", () => {
  const half = points(draw(cells, { playhead: 10 }).get("curve:0").d);
  const whole = points(draw(cells).get("curve:0").d);
  assert.equal(whole.length, 20);
  assert.equal(half.length, 10);
  assert.deepEqual(half, whole.slice(10));
  const between = points(draw(cells, { playhead: 10.5 }).get("curve:0").d);
  assert.ok(between[0][0] > whole[9][0] && between[0][0] < whole[10][0]);
  assert.equal(sceneTime(cells, size, { ...looking, playhead: 0 }).filter(({ key }) => /^(curve|bead|name|band)/.test(key)).length, 0);
});

test("curves are told apart by color, dash and name", () => {
  const marks = draw(cells);
  assert.notEqual(marks.get("curve:0").stroke, marks.get("curve:1").stroke);
  assert.notEqual(marks.get("curve:0").dash, marks.get("curve:1").dash);
  assert.equal(marks.get("name:0").text, "RNN");
  const alike = draw([cells[0], { ...cells[0], name: "gru" }]);
  assert.ok(Math.abs(alike.get("name:0").y - alike.get("name:1").y) >= 16);
});

test("where the gradient is cut off its curve ends", () => {
  const cut = cell("rnn", { depth: 20, change: (i) => (i < 15 ? { grad_z_rms: summary(0), predicted_grad_z_rms: null } : {}) });
  assert.equal(points(draw([cut]).get("curve:0").d).length, 5);
  assert.match(draw([cut]).get("handle:3").label, /rnn 0/);
});

test("everything stands inside the picture, whatever the numbers are", () => {
  const odd = cell("odd", { depth: 200, change: (i) => ({ grad_z_rms: [summary(0), summary("NaN", "NaN"), summary("Infinity", "NaN"), summary(1e-250, 1)][i % 4], predicted_grad_z_rms: "Infinity" }) });
  const many = cell("many", { depth: 200, factor: 0.8 });
  for (const stage of [{ width: 320, height: 340 }, size, { width: 1900, height: 1000 }]) {
    for (const playhead of [0, 0.3, 100, 200]) {
      for (const mark of sceneTime([odd, many], stage, { ...looking, playhead })) {
        for (const value of [mark.x, mark.y, mark.width, mark.height]) assert.ok(value === undefined || Number.isFinite(value), `${mark.key} ${value}`);
        assert.ok(!/NaN|Infinity|undefined/.test(mark.d ?? ""), `${mark.key} ${mark.d}`);
        for (const [x, y] of points(mark.d ?? "") ?? []) assert.ok(x >= -1 && x <= stage.width + 1 && y >= -1 && y <= stage.height + 1, mark.key);
      }
    }
  }
});

test("the sentence says what is left, what bounds it, and what is cut off", () => {
  const form = { truncate: 0 };
  const scaled = [cell("rnn", { depth: 20 }, { recurrent_weights: [{ gate: 1, spectral_radius: summary(0.5), largest_singular_value: summary(0.5) }] })];
  assert.match(tellTime(scaled, form), /^With a spectral radius of 0.5, 20 steps back/);
  assert.match(tellTime(cells, form), /RNN 1.9e\u22126 and LSTM 0.14\. No step back of RNN can hand on more than 0.5\./);
  const grown = [cell("rnn", { depth: 20, factor: 1.5 }, { factor_bound: 4 })];
  assert.match(tellTime(grown, { truncate: 0 }), /may explode, and it does/);
  assert.match(tellTime([cell("rnn", { depth: 20, factor: 0.9 }, { factor_bound: 4 })], { truncate: 0 }), /may hand on up to 2: it may explode; here it does not/);
  assert.match(tellTime(cells, { truncate: 5 }), /past 5 time steps/);
  assert.equal(tellTimeStep(cells, 19), "At time step 20 the gradient is RNN 1 and LSTM 1.");
});

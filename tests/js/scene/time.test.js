import assert from "node:assert/strict";
import { test } from "node:test";

import { readGrid } from "../../../static/js/layout/entries.js";
import { formatNumber } from "../../../static/js/layout/number.js";
import { layoutTime } from "../../../static/js/layout/time.js";
import { unroll } from "../../../static/js/layout/unrolled.js";
import { sceneTime } from "../../../static/js/scene/time/time.js";
import { tellStory } from "../../../static/js/scene/graph/story.js";
import { findTime, loadTime, names, stages, timeAt } from "../times.js";

const shows = (marks, start) => [...marks.keys()].some((key) => key.startsWith(start));

for (const name of names) {
  for (const stage of stages) {
    test(`${name} on ${stage.width}: every moment has plain marks with unique keys, and nothing unreached is shown`, () => {
      const trace = loadTime(name);
      const story = tellStory(trace);
      const layout = layoutTime(trace, stage);
      const { parameters } = unroll(trace);
      const often = trace.beats.length > 60 ? 7 : 1;
      trace.beats.forEach((_, index) => {
        if (index % often && index < trace.beats.length - 4) return;
        for (const u of [0, 0.5, 1]) {
          const list = sceneTime(trace, layout, index + u);
          const marks = new Map(list.map((mark) => [mark.key, mark]));
          assert.equal(marks.size, list.length, `${index} ${u}`);
          for (const mark of list) {
            for (const part of ["x", "y", "r", "width", "height", "opacity", "strokeWidth"]) {
              if (mark[part] !== undefined) assert.ok(Number.isFinite(mark[part]), `${mark.key} ${part} ${mark[part]}`);
            }
            for (const part of ["r", "width", "height"]) assert.ok(!(mark[part] < 0), `${mark.key} ${part} ${mark[part]}`);
            assert.ok(!/NaN|undefined/.test(`${mark.d ?? ""}${mark.curve ?? ""}`), mark.key);
          }
          for (const { id } of layout.blocks.values()) {
            if (index + u <= story.value.get(id)) assert.ok(!marks.has(`value:${id}:0`) && !marks.has(`strip:${id}:0`), `${id} at ${index + u}`);
            if (index + u <= (story.grad.get(id) ?? Infinity)) assert.ok(!marks.has(`grad:${id}:0`) && !marks.has(`foot:${id}`) && !marks.has(`bar:${id}`), `${id} at ${index + u}`);
          }
          for (const { id, shares } of parameters) {
            for (const { time, edge } of shares) if (index + u <= story.message.get(edge)) assert.ok(!marks.has(`stack:${id}:${time}`), `${id} ${time}`);
            if (index + u <= story.grad.get(id)) assert.ok(!marks.has(`total:${id}`), id);
          }
          if (index + u <= story.value.get("loss")) assert.ok(!marks.has("loss:value"));
        }
      });
    });
  }
}

test("the sequence comes in first, the states stay hollow", () => {
  const trace = loadTime("memory");
  assert.ok(!timeAt(trace, "leaves", null, 0).has("value:time1.x:0"));
  const after = timeAt(trace, "leaves", null, 1);
  assert.equal(after.get("value:time1.x:0:number").text, "1");
  assert.equal(after.get("card:cell.weight_hh:value").text, "+0.8");
  assert.equal(after.get("block:time1.h").fill, "paper");
  assert.equal(after.get("cell:1").fill, "paper");
});

test("a step takes the state before and its input, then bends z to the new state", () => {
  const trace = loadTime("memory");
  const travel = timeAt(trace, "step", 2, 0.2);
  assert.equal(travel.get("bead:time2.z_hh:0:number").text, "0.762");
  assert.ok(travel.has("bead:time2.z_ih:0") === false, "an input of 0 is no bead");
  assert.ok(!travel.has("value:time2.h:0"));
  assert.equal(travel.get("cell:2").stroke, "forward");
  const later = timeAt(trace, "step", 2, 0.34);
  assert.ok(later.get("bead:time2.z_hh:0").x > travel.get("bead:time2.z_hh:0").x);
  const bent = timeAt(trace, "step", 2, 0.9);
  assert.equal(bent.get("stack:2:z").text, "0.609");
  assert.equal(timeAt(trace, "step", 2, 1).get("value:time2.h:0:number").text, "0.544");
  assert.ok(!timeAt(trace, "step", 2, 1).has("value:time3.h:0"));
});

test("gates rise before the states that they make", () => {
  const trace = loadTime("lstm");
  const middle = timeAt(trace, "step", 1, 0.6);
  assert.ok(middle.get("gate:time1.i:0").height > 0);
  assert.ok(!middle.has("value:time1.c:0"));
  assert.ok(timeAt(trace, "step", 1, 0.78).has("value:time1.c:0"));
  assert.ok(!timeAt(trace, "step", 1, 0.78).has("value:time1.h:0"));
  assert.ok(timeAt(trace, "step", 1, 1).has("value:time1.h:1"));
});

test("the gradient runs back to the left and says by what it was multiplied", () => {
  const trace = loadTime("memory");
  const start = timeAt(trace, "step_back", 4, 0);
  assert.ok(!start.has("back:time4.z_hh:0"));
  const early = timeAt(trace, "step_back", 4, 0.45);
  const late = timeAt(trace, "step_back", 4, 0.65);
  assert.ok(late.get("bead:time4.z_hh:0").x < early.get("bead:time4.z_hh:0").x);
  const end = timeAt(trace, "step_back", 4, 1);
  const [h3, h4] = ["time3.h", "time4.h"].map((id) => trace.nodes.find((node) => node.id === id).grad[0][0]);
  assert.equal(end.get("factor:time4.z_hh:0").text, `\u00d7${formatNumber(h3 / h4, { digits: 2 })}`);
  assert.equal(end.get("foot:time3.h").text, `\u2202L/\u2202h ${formatNumber(h3)}`);
  assert.ok(!end.has("foot:time2.h"));
});

test("every step back puts its share on the stack, the latest on top, as long as it is large", () => {
  const trace = loadTime("memory");
  const end = timeAt(trace, "step_back", 1, 1);
  const bars = [5, 4, 3, 2].map((time) => end.get(`stack:cell.bias:${time}`));
  const shares = [5, 4, 3, 2].map((time) => trace.nodes.find(({ id }) => id === `time${time}.z_ih`).messages.find(({ input }) => input === 2).value[0]);
  bars.slice(1).forEach((bar, i) => assert.ok(bar.y > bars[i].y));
  bars.forEach((bar, i) => assert.ok(Math.abs(bar.width / bars[0].width - shares[i] / shares[0]) < 1e-9));
  assert.equal(end.get("stack:cell.bias:5:number").text, formatNumber(shares[0], { sign: true }));
  assert.ok(!timeAt(trace, "step_back", 3, 1).has("stack:cell.bias:2"));
});

test("single numbers are put head to tail, and end where their sum does", () => {
  const trace = loadTime("memory");
  const end = timeAt(trace, "sum", null, 1);
  const bars = [5, 4, 3, 2, 1].map((time) => end.get(`stack:cell.bias:${time}`));
  bars.slice(1).forEach((bar, i) => assert.ok(Math.abs(bar.x + bar.width - bars[i].x) < 1e-6));
  const grad = trace.nodes.find(({ id }) => id === "cell.bias").grad[0];
  assert.equal(end.get("total:cell.bias").text, `\u03a3 ${formatNumber(grad, { sign: true })}`);
  assert.ok(!timeAt(trace, "step_back", 1, 1).has("total:cell.bias"));
});

test("of matrices the bars are norms that do not add up, and both numbers are told", () => {
  const trace = loadTime("running_sum");
  const stage = stages[4];
  const end = timeAt(trace, "sum", null, 1, { stage });
  const starts = [6, 5, 4].map((time) => end.get(`stack:cell.weight_hh:${time}`).x);
  assert.ok(starts.every((x) => Math.abs(x - starts[0]) < 1e-9));
  const norm = (rows) => Math.hypot(...rows.flat());
  const node = trace.nodes.find(({ id }) => id === "cell.weight_hh");
  const shares = trace.nodes.flatMap(({ messages }) => messages.filter(({ to }) => to === "cell.weight_hh").map(({ value }) => norm(value)));
  assert.equal(end.get("total:cell.weight_hh").text, `\u2016\u03a3\u2016 ${formatNumber(norm(node.grad))}`);
  assert.equal(end.get("total:cell.weight_hh:norms").text, `\u03a3\u2016\u00b7\u2016 ${formatNumber(shares.reduce((a, b) => a + b))}`);
  assert.match(end.get("caption").text, /norms do not/);
});

test("at a cut what arrives is swallowed, and nothing passes", () => {
  const trace = loadTime("truncated");
  const cut = timeAt(trace, "leaves", null, 1);
  assert.ok(cut.has("cut:time2.z_hh:0") && cut.has("cut:time4.z_hh:0"));
  assert.ok(!cut.has("cut:time3.z_hh:0"));
  const end = timeAt(trace, "step_back", 4, 1);
  const rail = layoutTime(trace, stages[3]).rails.find(({ id }) => id === "time4.z_hh:0");
  const [, tip] = /H([\d.]+)$/.exec(end.get("back:time4.z_hh:0").d);
  assert.ok(Number(tip) > (rail.left + rail.right) / 2);
  assert.ok(timeAt(trace, "step_back", 4, 0.8).has("swallow:time4.z_hh:0"));
  assert.ok(!timeAt(trace, "step_back", 2, 1).has("back:time3.z_hh:0"));
  assert.equal(timeAt(trace, "step_back", 3, 1).get("foot:time3.h").text, "\u2202L/\u2202h 0");
  assert.match(end.get("handle:time4.z_hh:0").label, /truncated, \u2212[\d.]+ arrives and nothing passes/);
});

test("what is left at the first step is told where the loss leaves room", () => {
  const trace = loadTime("memory");
  const [first, last] = ["time1.h", "time5.h"].map((id) => trace.nodes.find((node) => node.id === id).grad[0][0]);
  assert.equal(timeAt(trace, "loss", null, 1).get("rest:h").text, "\u2013");
  assert.equal(timeAt(trace, "sum", null, 1).get("rest:h").text, formatNumber(first / last));
});

test("folded, a bar per step shows the norm of its gradient on a log scale", () => {
  const trace = loadTime("long_lstm");
  const layout = layoutTime(trace, stages[3]);
  const end = timeAt(trace, "sum", null, 1);
  const { chart } = layout.folded;
  const sizes = Array.from({ length: 40 }, (_, t) => Math.hypot(...trace.nodes.find(({ id }) => id === `time${t + 1}.h`).grad[0]));
  const heights = sizes.map((_, t) => end.get(`bar:time${t + 1}.h`).height);
  const perDecade = (heights[39] - heights[20]) / Math.log10(sizes[39] / sizes[20]);
  for (const t of [10, 15, 30]) if (heights[t] > 2) assert.ok(Math.abs(heights[39] - heights[t] - perDecade * Math.log10(sizes[39] / sizes[t])) < 1e-6, String(t));
  for (const t of [0, 20, 39]) assert.ok(Math.abs(end.get(`bar:time${t + 1}.h`).y + heights[t] - chart.top - chart.height) < 1e-6);
  assert.match(end.get("chart:share").text, /^step 1 gets .* of what step 40 gets$/);
});

test("the update rolls parameters to their new values, the loss says what came of it", () => {
  const trace = loadTime("memory");
  const after = trace.updates["cell.weight_hh"].after[0][0];
  assert.equal(timeAt(trace, "update", null, 1).get("card:cell.weight_hh:value").text, formatNumber(after, { sign: true }));
  assert.notEqual(timeAt(trace, "update", null, 0.5).get("card:cell.weight_hh:value").text, formatNumber(after, { sign: true }));
  assert.ok(timeAt(trace, "update", null, 0.9).has("card:cell.bias:step:step"));
  assert.match(timeAt(trace, "afterwards", null, 1).get("loss:value").text, /\u2192/);
  const matrix = loadTime("running_sum");
  const node = matrix.nodes.find(({ id }) => id === "cell.weight_hh");
  assert.equal(readGrid(matrix, node, node.value).length, 3);
  assert.equal(timeAt(matrix, "update", null, 1).get("matrix:cell.weight_hh").stroke, "update");
});

test("what is not finite has its own look", () => {
  const trace = loadTime("overflow");
  const end = timeAt(trace, "afterwards", null, 1);
  assert.ok(shows(end, "value:time3.h:0"));
  assert.ok([...end.values()].some(({ key, fill }) => key.startsWith("value:time") && fill === "paper"));
  assert.ok([...end.keys()].some((key) => key.endsWith(":hatch")));
});

test("with reduced motion every beat is its last frame", () => {
  const trace = loadTime("lstm");
  const layout = layoutTime(trace, stages[3]);
  for (const index of trace.beats.keys()) {
    const [early, end] = [index + 0.2, index + 1].map((at) => sceneTime(trace, layout, at, { reducedMotion: true }));
    assert.deepEqual(early, end);
  }
});

for (const name of names) {
  test(`${name}: everything that can be reached has a handle with its name`, () => {
    const trace = loadTime(name);
    for (const stage of stages) {
      const layout = layoutTime(trace, stage);
      const end = new Map(sceneTime(trace, layout, trace.beats.length).map((mark) => [mark.key, mark]));
      for (const { id } of layout.spots) {
        const handle = end.get(`handle:${id}`);
        assert.ok(handle?.label, `${id} on ${stage.width}`);
        assert.equal(handle.id, id);
        assert.ok(!/not reached|undefined/.test(handle.label), handle.label);
      }
    }
  });
}

test("handles say value and gradient once they are known", () => {
  const trace = loadTime("memory");
  const start = timeAt(trace, "step", 1, 1);
  assert.equal(start.get("handle:time1.h").label, "state h, step 1: 0.762, gradient not reached yet");
  assert.equal(start.get("handle:time2.h").label, "state h, step 2: not reached yet, gradient not reached yet");
  assert.equal(start.get("handle:time5.z_hh:1").label, "share of step 5 in the gradient of cell.weight_hh: not reached yet");
  const end = timeAt(trace, "sum", null, 1);
  assert.match(end.get("handle:time1.h").label, /^state h, step 1: 0.762, gradient \u22120.305$/);
  assert.match(end.get("handle:cell.weight_hh").label, /^shared parameter cell.weight_hh: 0.8, gradient \u22121.52$/);
  assert.match(end.get("handle:time2.z_hh:0").label, /^state h, step 1, into step 2: sends back \u22120.305$/);
  assert.match(timeAt(loadTime("lstm"), "sum", null, 1).get("handle:time3.h").label, /norm 0.184$/);
});

test("what is pointed at says its numbers where they have no room", () => {
  const trace = loadTime("long");
  const hover = "time30.h";
  const end = timeAt(trace, "afterwards", null, 1, { hover });
  assert.equal(end.get(`told:${hover}:0`).text, "h 30");
  assert.match(end.get(`told:${hover}:2`).text, /^\u2016\u2202\u2016 /);
  assert.ok(!timeAt(trace, "leaves", null, 1, { hover }).has(`told:${hover}:1`));
  assert.equal(findTime(trace, "leaves"), 0);
});

test("paths that are lit stand before a veil: states, the rails between them, the share, the loss", () => {
  const trace = loadTime("memory");
  const parts = new Map([["cell.weight_hh", 1], ["time4.z_hh:1", 0.5], ["time4.h", 0.5], ["time5.z_hh:0", 0.5], ["time5.h", 1], ["loss", 1]]);
  const light = { parts, factors: new Map(), entries: new Map() };
  const list = sceneTime(trace, layoutTime(trace, stages[3]), trace.beats.length, { light });
  const marks = new Map(list.map((mark) => [mark.key, mark]));
  assert.equal(marks.size, list.length);
  for (const key of ["veil", "light:time5.z_hh:0", "light:time5.h:ring", "light:block:time4.h", "light:time4.z_hh:1", "light:cell.weight_hh:ring", "light:loss:ring"]) assert.ok(marks.has(key), key);
  assert.ok(!marks.has("light:time3.h:ring"));
  assert.ok(!marks.has("light:time4.z_hh:0"));
});

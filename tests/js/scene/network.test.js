import assert from "node:assert/strict";
import { test } from "node:test";

import { layoutNetwork } from "../../../static/js/layout/network.js";
import { textWidth } from "../../../static/js/layout/text.js";
import { sceneNetwork } from "../../../static/js/scene/network.js";
import { loadTrace, names, pictureAt, stages } from "../fixtures.js";

const moments = [0, 0.5, 1];

/** Every picture at the start, middle and end of every beat. */
function* pictures(trace, stage, looking) {
  const layout = layoutNetwork(trace, stage);
  for (let beat = 0; beat < trace.beats.length; beat++) {
    for (const u of moments) yield { at: `${trace.beats[beat].kind} ${u}`, marks: sceneNetwork(trace, layout, beat + u, looking) };
  }
}

const numeric = ["x", "y", "r", "width", "height", "rx", "opacity", "strokeWidth", "size"];

for (const name of names) {
  const trace = loadTrace(name);
  const selection = trace.weights[0].id;
  for (const stage of stages) {
    test(`${name} at ${stage.width}: keys are unique and geometry is finite`, () => {
      for (const { at, marks } of pictures(trace, stage, { selection })) {
        assert.equal(new Set(marks.map(({ key }) => key)).size, marks.length, at);
        for (const mark of marks) {
          for (const field of numeric) {
            if (mark[field] !== undefined) assert.ok(Number.isFinite(mark[field]), `${at}: ${mark.key} ${field}`);
          }
          for (const field of ["r", "width", "height", "opacity"]) assert.ok((mark[field] ?? 0) >= 0, `${at}: ${mark.key} ${field}`);
          assert.ok(!/NaN|Infinity|undefined/.test(mark.d ?? ""), `${at}: ${mark.key} ${mark.d}`);
          assert.ok((mark.curve ?? []).every(Number.isFinite), `${at}: ${mark.key}`);
        }
      }
    });

    test(`${name} at ${stage.width}: nothing is drawn outside the stage`, () => {
      for (const { at, marks } of pictures(trace, stage, { selection })) {
        for (const mark of marks) {
          const [left, top, right, bottom] = extent(mark);
          assert.ok(left >= -1 && right <= stage.width + 1, `${at}: ${mark.key} from ${left} to ${right}`);
          assert.ok(top >= -1 && bottom <= stage.height + 1, `${at}: ${mark.key} from ${top} to ${bottom}`);
        }
      }
    });
  }
}

for (const name of ["neuron", "neuron_right", "mazur", "xor", "softmax", "deep"]) {
  const trace = loadTrace(name);
  for (const stage of stages.slice(1)) {
    test(`${name} at ${stage.width}: numbers at rest do not cover one another`, () => {
      const layout = layoutNetwork(trace, stage);
      for (let beat = 1; beat <= trace.beats.length; beat++) {
        const texts = sceneNetwork(trace, layout, beat).filter(({ shape, text }) => shape === "text" && /\d/.test(text) && text.length > 1);
        const boxes = texts.map((mark) => ({ key: mark.key, box: extent(mark, 0.9) }));
        boxes.forEach((a, i) =>
          boxes.slice(i + 1).forEach((b) => assert.ok(!meet(a.box, b.box), `${trace.beats[beat - 1].kind}: ${a.key} and ${b.key}`)),
        );
      }
    });
  }
}

test("a picture depends on nothing but its arguments", () => {
  const trace = loadTrace("small");
  const layout = layoutNetwork(trace, stages[2]);
  const first = sceneNetwork(trace, layout, 4.3, { hover: "loss" });
  sceneNetwork(trace, layout, 9.1);
  assert.deepEqual(sceneNetwork(structuredClone(trace), layout, 4.3, { hover: "loss" }), first);
});

test("every unit, weight, bias, target and the loss has one handle with its name", () => {
  const trace = loadTrace("small");
  const handles = sceneNetwork(trace, layoutNetwork(trace, stages[2]), trace.beats.length).filter(({ id }) => id);
  const wanted = [...trace.units.map(({ id }) => id), ...trace.weights.map(({ id }) => id), ...trace.units.flatMap(({ bias_id }) => bias_id ?? []), "y[0]", "y[1]", "loss"];
  assert.deepEqual(handles.map(({ id }) => id).sort(), wanted.sort());
  for (const { label } of handles) assert.match(label, /^(input|weight|bias|target|loss|layer).*: \S+, gradient \S+$/);
});

test("with reduced motion a beat that has begun is at its end", () => {
  const trace = loadTrace("small");
  const layout = layoutNetwork(trace, stages[2]);
  assert.deepEqual(sceneNetwork(trace, layout, 2.1, { reducedMotion: true }), sceneNetwork(trace, layout, 3, { reducedMotion: true }));
});

function extent(mark, share = 1) {
  const half = (mark.strokeWidth ?? 0) / 2;
  if (mark.shape === "circle") return [mark.x - mark.r, mark.y - mark.r, mark.x + mark.r, mark.y + mark.r];
  if (mark.shape === "rect") return [mark.x, mark.y, mark.x + mark.width, mark.y + mark.height];
  if (mark.shape === "curve") {
    const [xs, ys] = [0, 1].map((odd) => mark.curve.filter((_, i) => i % 2 === odd));
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }
  if (mark.shape === "text") {
    const width = textWidth(mark.text, mark.size) * share;
    const left = mark.x - { start: 0, middle: width / 2, end: width }[mark.anchor ?? "start"];
    return [left, mark.y - mark.size * 0.75, left + width, mark.y];
  }
  return half ? [0, 0, 0, 0] : [0, 0, 0, 0];
}

function meet(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

test("a unit that dropout leaves out is veiled once it is activated, one that stays shows its factor", () => {
  const trace = loadTrace(names.find((name) => loadTrace(name).layers.length === 3 && loadTrace(name).layers[1].units > 1));
  const [out, kept] = trace.units.filter(({ layer }) => layer === 1);
  [out.mask, kept.mask] = [0, 1.25];
  const before = pictureAt(trace, "linear", 1, 1);
  assert.ok(!before.has(`unit:${out.id}:mask`));
  const after = pictureAt(trace, "activation", 1, 1);
  assert.equal(after.get(`unit:${out.id}:mask:text`).text, "\u00d7 0");
  assert.equal(after.get(`unit:${out.id}:mask:veil`).opacity, 0.72);
  assert.equal(after.get(`unit:${kept.id}:mask:text`).text, "\u00d7 1.25");
  assert.ok(!after.has(`unit:${kept.id}:mask:veil`));
  assert.match(after.get(`handle:${out.id}`).label, /, left out by dropout/);
  assert.match(after.get(`handle:${kept.id}`).label, /, times 1.25 for dropout/);
});

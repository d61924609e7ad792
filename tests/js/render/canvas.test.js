import assert from "node:assert/strict";
import { test } from "node:test";

import { createCanvasPainter, groupAlike } from "../../../static/js/render/canvas.js";
import { pictureAt } from "../fixtures.js";

function fakeCanvas() {
  const calls = [];
  const context = new Proxy({}, {
    get: (target, name) => target[name] ?? ((...args) => calls.push([name, ...args])),
    set: (target, name, value) => {
      calls.push([name, value]);
      target[name] = value;
      return true;
    },
  });
  return { calls, canvas: { width: 0, height: 0, getContext: () => context } };
}

test("thin lines that look alike share one path, wide ones are drawn alone", () => {
  const line = (key, fields) => ({ key, shape: "curve", curve: [0, 0, 1, 1, 2, 2, 3, 3], stroke: "ink", strokeWidth: 1, opacity: 0.5, ...fields });
  const groups = groupAlike([line("a"), line("b"), line("c", { strokeWidth: 4 }), line("d", { strokeWidth: 4 }), line("e", { stroke: "rule" })]);
  assert.deepEqual(groups.map((group) => group.map(({ key }) => key)), [["a", "b"], ["c"], ["d"], ["e"]]);
});

test("colors are resolved from tokens, the picture is scaled to the screen", () => {
  const { calls, canvas } = fakeCanvas();
  const painter = createCanvasPainter(canvas, (token) => `color of ${token}`);
  painter.draw([{ key: "a", shape: "circle", x: 5, y: 6, r: 2, fill: "positive" }], { width: 100, height: 50, ratio: 2 });
  assert.deepEqual([canvas.width, canvas.height], [200, 100]);
  assert.ok(calls.some(([name, value]) => name === "fillStyle" && value === "color of positive"));
  assert.ok(calls.some(([name, x, y, r]) => name === "arc" && x === 5 && y === 6 && r === 2));
});

test("the edges of a large network and the beads on them fall into few paths", () => {
  const marks = [...pictureAt("wide", "linear", 2, 0.5).values()].filter(({ bulk }) => bulk);
  assert.ok(marks.length > 600);
  assert.ok(groupAlike(marks).length < 60);
});

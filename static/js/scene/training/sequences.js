/** A recurrent network in training: its card, and sequences with their targets, step by step. */

import { fitNumber, fitText, textWidth } from "../../layout/text.js";
import { heightOf, INSIDE, nameStep, readStep, shareOf, tellStep } from "./said.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/sequences.js").SequencesLayout} Layout */
/** @typedef {import("../../layout/layout.js").Box} Box */
/** @typedef {import("./said.js").Told} Told */
/** @typedef {import("./said.js").How} How */

/** With more steps than this, a sequence has one handle instead of one per step. */
export const MOST_HANDLES = 240;

/**
 * What stands still while it trains: the card's frames, names, targets, axes, handles.
 * @param {Layout} layout
 * @param {Told[]} told
 * @param {{how: How, names: string[], cell: string, units: number, activation: string, output: string, gates: number,
 *   inputs: number, selection: string | null, hover: string | null, diverged: number | null}} look
 * @returns {Mark[]}
 */
export function sceneCard(layout, told, look) {
  return [...drawCard(layout, look), ...drawLegend(layout, look), ...told.flatMap((one, i) => drawStrip(layout, one, i, look)), ...drawChip(layout, told, look)];
}

/** @param {Layout} layout @param {Parameters<typeof sceneCard>[2]} look @returns {Mark[]} */
function drawCard({ card, blocks, side, down }, { cell, units, activation, output, names, gates, diverged }) {
  const frame = (/** @type {string} */ key, /** @type {Box} */ { x, y, w, h }, /** @type {boolean} */ wrong) =>
    /** @type {Mark} */ ({ key, shape: "rect", x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 10, fill: "none", stroke: wrong ? "negative" : "rule", strokeWidth: wrong ? 2.5 : 1 });
  const text = (/** @type {string} */ key, /** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ words, /** @type {Partial<Mark>} */ more = {}) =>
    /** @type {Mark} */ ({ key, shape: "text", x, y, text: words, size: 12, anchor: "middle", fill: "ink-2", ...more });
  const { x, cell: c, output: o, loop, up } = card;
  const tall = blocks[0].box.h;
  const head = { x: c.x - c.w / 2 + 12, y: c.y - c.h / 2 + 17 };
  const columns = names.length > 3 ? `${names.length} inputs` : names.join(", ");
  return [
    ...up.map((curve, i) => /** @type {Mark} */ ({ key: `up:${i}`, shape: "curve", curve, stroke: "ink-3", strokeWidth: 1.5, fill: "none" })),
    ...up.map((curve, i) => arrow(`up:${i}:tip`, curve)),
    { key: "loop", shape: "curve", curve: loop, stroke: "ink-3", strokeWidth: 1.5, fill: "none" },
    arrow("loop:tip", loop),
    text("loop:name", down ? c.x + 30 : c.x + c.w / 2 + 36, down ? c.y + c.h / 2 + 20 : c.y + 38, "h", { italic: true }),
    frame("cell", c, diverged === 1),
    text("cell:name", head.x, head.y, fitText([`${cell}, ${units} ${units === 1 ? "unit" : "units"}`, `${cell}, ${units}`, cell], c.w - 20, 13), { anchor: "start", fill: "ink", weight: 600, size: 13 }),
    ...(down ? [] : [text("cell:activation", c.x + c.w / 2 - 12, head.y, textWidth(`${cell}, ${units} units`, 13) + textWidth(activation, 12) + 34 < c.w ? activation : "", { anchor: "end", fill: "ink-3" })]),
    ...blocks.slice(0, 3).map(({ name, label, box }) => text(`name:${name}`, box.x, c.y + c.h / 2 - 9, label, { italic: true })),
    ...blocks.map(({ name, box }) => /** @type {Mark} */ ({ key: `block:${name}`, shape: "rect", x: box.x - box.w / 2 - 0.5, y: box.y - box.h / 2 - 0.5, width: box.w + 1, height: box.h + 1, fill: "none", stroke: "rule", strokeWidth: 1 })),
    ...Array.from({ length: gates - 1 }, (_, i) => {
      const y = c.y + 6 - tall / 2 + ((i + 1) * tall) / gates;
      return /** @type {Mark} */ ({ key: `gate:${i}`, shape: "path", d: `M${c.x - c.w / 2 + 8} ${y}h${c.w - 16}`, stroke: "ink-3", strokeWidth: Math.min(1, side / 4), fill: "none" });
    }),
    frame("output", o, diverged === 2),
    text("output:name", o.x, o.y - o.h / 2 + 17, down ? "output" : `output, ${output}`, { fill: "ink", weight: 600, size: 12 }),
    { key: "x", shape: "circle", x: x.x, y: x.y, r: x.w / 2, fill: "raise", stroke: "ink-3", strokeWidth: 1.25 },
    text("x:name", x.x, x.y + 4.5, "x", { italic: true, fill: "ink", size: 14 }),
    ...(down || columns === "x" ? [] : [text("x:columns", x.x + x.w / 2 + 10, x.y + 4.5, columns, { anchor: "start", fill: "ink-3" })]),
    handle("handle:cell", "cell", c, `${cell}, ${units} units, activation ${activation}; its weights are drawn as cells`),
    handle("handle:output", "output", o, `output, activation ${output}`),
  ];
}

/**
 * The grounds of the card, under the weights.
 * @param {Layout} layout
 * @returns {Mark[]}
 */
export function sceneGrounds({ card, strips }) {
  const boxes = [card.cell, card.output, ...strips.map(({ output }) => output)];
  return boxes.map(({ x, y, w, h }, i) => ({ key: `ground:${i}`, shape: "rect", x: x - w / 2, y: y - h / 2, width: w, height: h, fill: "raise" }));
}

/** @param {string} key @param {readonly number[]} curve @returns {Mark} */
function arrow(key, curve) {
  const [cx, cy, x, y] = curve.slice(-4);
  const from = Math.hypot(x - cx, y - cy) > 0 ? [cx, cy] : curve.slice(0, 2);
  const angle = Math.atan2(y - from[1], x - from[0]);
  const at = (/** @type {number} */ turn) => `${(x - 7 * Math.cos(angle + turn)).toFixed(1)} ${(y - 7 * Math.sin(angle + turn)).toFixed(1)}`;
  return { key, shape: "path", d: `M${at(0.45)}L${x} ${y}L${at(-0.45)}`, stroke: "ink-3", strokeWidth: 1.5, fill: "none" };
}

/** @param {string} key @param {string} id @param {Box} box @param {string} label @returns {Mark} */
function handle(key, id, { x, y, w, h }, label) {
  return { key, shape: "rect", x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 4, fill: "none", tone: "handle", id, label };
}

/** What the marks mean, over the first sequence or below the last. @param {Layout} layout @param {Parameters<typeof sceneCard>[2]} look @returns {Mark[]} */
function drawLegend({ strips, down }, { how }) {
  const [first] = strips;
  const last = strips.at(-1);
  if (!first || !last) return [];
  // A narrow title leaves no room beside it.
  const y = down ? last.output.y + last.output.h / 2 + 34 : first.title.y - 4;
  const right = first.output.x + first.output.w / 2;
  const entry = (/** @type {string} */ key, /** @type {number} */ x, /** @type {string} */ words, /** @type {Mark} */ sign) => [sign, /** @type {Mark} */ ({ key: `${key}:text`, shape: "text", x: x + 12, y: y + 4, text: words, size: 12, fill: "ink-2" })];
  const [said, target] = [right - 86, right - 156];
  if (how.kind === "classes") {
    return [
      ...entry("legend:target", target, "target", { key: "legend:target", shape: "rect", x: target - 6, y: y - 5, width: 11, height: 11, fill: "none", stroke: "ink", strokeWidth: 1.75 }),
      ...entry("legend:said", said, "prediction", { key: "legend:said", shape: "rect", x: said - 6, y: y - 5, width: 11, height: 11, fill: "positive", opacity: 0.7 }),
    ];
  }
  return [
    ...entry("legend:target", target, "target", { key: "legend:target", shape: "path", d: `M${target - 10} ${y}h16`, stroke: "ink", strokeWidth: 2.5, fill: "none" }),
    ...entry("legend:said", said, "prediction", { key: "legend:said", shape: "circle", x: said, y, r: 4, fill: "forward" }),
  ];
}

/** @param {Layout} layout @param {Told} one @param {number} at @param {Parameters<typeof sceneCard>[2]} look @returns {Mark[]} */
function drawStrip(layout, one, at, { how, names, inputs, selection, hover }) {
  const strip = layout.strips[at];
  if (!strip) return [];
  const { pitch, labels } = layout;
  const { input, output, title } = strip;
  const last = at === layout.strips.length - 1;
  const steps = one.inputs.length;
  const row = input.h / inputs;
  const box = (/** @type {string} */ key, /** @type {Box} */ { x, y, w, h }) => /** @type {Mark} */ ({ key, shape: "rect", x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 2, fill: "none", stroke: "rule", strokeWidth: 1 });
  const left = input.x - input.w / 2;
  const numbers = pitch >= 28 && row >= 15;
  /** @type {Mark[]} */
  const marks = [
    { key: `title:${at}`, shape: "text", ...title, text: `Sequence ${one.row + 1}${one.heldOut ? ", held out" : ""}`, size: 13, weight: 600, fill: "ink" },
    box(`input:${at}`, input),
    box(`output:${at}`, output),
    ...(row >= 12 ? names : ["input"]).map((name, k, all) => rowName(`row:${at}:${k}`, name, labels, input.y - input.h / 2 + ((k + 0.5) * input.h) / all.length)),
  ];
  if (numbers) {
    one.inputs.forEach((values, t) => values.forEach((value, k) => marks.push({ key: `number:${at}:${t}:${k}`, shape: "text", x: left + (t + 0.5) * pitch, y: input.y - input.h / 2 + (k + 0.5) * row + 4, text: fitNumber(value, pitch - 6, 11), size: 11, anchor: "middle", fill: "ink", halo: undefined })));
  }
  if (how.kind === "classes") {
    const tall = output.h / how.classes.length;
    if (tall >= 12) how.classes.forEach((name, k) => marks.push(rowName(`class:${at}:${k}`, name, labels, output.y - output.h / 2 + (k + 0.5) * tall)));
    else marks.push(rowName(`class:${at}`, "output", labels, output.y));
    one.targets.forEach((target, t) => {
      if (target === null || one.labels === null) return;
      marks.push({ key: `target:${at}:${t}`, shape: "rect", x: left + t * pitch + 1, y: output.y - output.h / 2 + one.labels[t] * tall + 1, width: Math.max(1, pitch - 2), height: Math.max(1, tall - 2), fill: "none", stroke: "ink", strokeWidth: pitch > 8 ? 1.75 : 1 });
    });
  } else {
    marks.push(rowName(`high:${at}`, how.high, labels, output.y - (INSIDE * output.h) / 2), rowName(`low:${at}`, how.low, labels, output.y + (INSIDE * output.h) / 2));
    const d = one.targets.map((target, t) => (target === null ? "" : `M${round(left + (t + 0.14) * pitch)} ${round(heightOf(shareOf(target, one, t, how), output))}h${round(0.72 * pitch)}`)).join("");
    marks.push({ key: `target:${at}`, shape: "path", d, stroke: "ink", strokeWidth: pitch > 8 ? 2.5 : 1.5, fill: "none" });
  }
  if (last) {
    const every = Math.ceil(28 / pitch);
    for (let t = 1; t <= steps; t++) {
      if ((t - 1) % every !== 0) continue;
      marks.push({ key: `step:${t}`, shape: "text", x: left + (t - 0.5) * pitch, y: output.y + output.h / 2 + 17, text: String(t), size: 12, anchor: "middle", fill: "ink-2" });
    }
  }
  const looked = [hover, selection].map((id) => readStep(id)).find((found) => found?.at === at);
  if (looked) marks.push({ key: `looked:${at}`, shape: "rect", x: left + looked.time * pitch, y: input.y - input.h / 2 - 2, width: pitch, height: output.y + output.h / 2 - input.y + input.h / 2 + 4, rx: 3, fill: "none", stroke: "ink", strokeWidth: 1.5 });
  const whole = steps * layout.strips.length > MOST_HANDLES;
  const top = input.y - input.h / 2;
  const tall = output.y + output.h / 2 - top;
  if (whole) return [...marks, handle(`handle:${nameStep(at, 0)}`, nameStep(at, 0), { x: input.x, y: top + tall / 2, w: input.w, h: tall }, `Sequence ${one.row + 1}, ${steps} time steps: the table beside the charts has its numbers`)];
  return [...marks, ...one.inputs.map((_, t) => handle(`handle:${nameStep(at, t)}`, nameStep(at, t), { x: left + (t + 0.5) * pitch, y: top + tall / 2, w: pitch, h: tall }, `Sequence ${one.row + 1}, step ${t + 1}: ${tellStep(one, t, how, names)}`))];
}

/** @param {string} key @param {string} text @param {number} x @param {number} y @returns {Mark} */
function rowName(key, text, x, y) {
  return { key, shape: "text", x, y: y + 4, text: text.length > 11 ? `${text.slice(0, 10)}…` : text, size: 12, anchor: "end", fill: "ink-2" };
}

/** The numbers of the step that is looked at. @param {Layout} layout @param {Told[]} told @param {Parameters<typeof sceneCard>[2]} look @returns {Mark[]} */
function drawChip(layout, told, { how, names, hover, selection }) {
  const looked = readStep(hover) ?? readStep(selection);
  const [strip, one] = [layout.strips[looked?.at ?? -1], told[looked?.at ?? -1]];
  if (!looked || !strip || !one || looked.time >= one.inputs.length) return [];
  const text = tellStep(one, looked.time, how, names);
  const w = 0.84 * textWidth(text, 12.5) + 18;
  // At the right end of the title's line, where it hides no number.
  const x = Math.max(w / 2 + 8, strip.input.x + strip.input.w / 2 - w / 2);
  const y = strip.input.y - strip.input.h / 2 - 16;
  return [
    { key: "chip", shape: "rect", x: x - w / 2, y: y - 13, width: w, height: 26, rx: 7, fill: "raise", stroke: "ink", strokeWidth: 1.25 },
    { key: "chip:text", shape: "text", x, y: y + 4.5, text, size: 12.5, weight: 600, anchor: "middle", fill: "ink" },
  ];
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}

/** The loss, and where every step is judged but too thin for numbers, outputs beside their targets. */

import { formatNumber, toNumber } from "../../layout/number.js";
import { fitText } from "../../layout/text.js";
import { norm } from "../../layout/unrolled.js";
import { drawBead, roll } from "../bead.js";
import { during } from "../moment.js";
import { gradientProgress, valueProgress } from "./progress.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./time.js").Stage} Stage */
/** @typedef {import("../../layout/layout.js").Area} Area */

/** @param {Stage} stage @returns {Mark[]} */
export function drawJudgement(stage) {
  const { layout, plan, trace, lit, beat, u, at, story } = stage;
  const { x, y, w, h } = layout.loss;
  const known = valueProgress(stage, plan.loss);
  const active = u < 1 && (beat.phase === "loss" || beat.kind === "loss_gradient");
  const after = trace.loss_after === null ? 0 : during(at(story.afterwards), 0, 0.9);
  const size = layout.narrow ? 13 : 16;
  const number = formatNumber(roll(0, trace.loss, known));
  const text = after > 0 ? fitText([3, 2].map((digits) => `${formatNumber(trace.loss, { digits })} \u2192 ${formatNumber(trace.loss_after, { digits })}`), w - 30, 13) : number;
  /** @type {Mark[]} */
  const marks = [
    { key: "loss", shape: "rect", x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 10, fill: known > 0 ? "loss-tint" : "paper", stroke: lit.has(plan.loss) ? "ink" : active ? beat.phase : known > 0 ? "loss" : "ink-3", strokeWidth: active || lit.has(plan.loss) ? 2 : 1.25, tone: active ? "lifted" : undefined },
    { key: "loss:name", shape: "text", x: x - w / 2 + 13, y: y + 5, text: "L", size: 14, italic: true, anchor: "middle", fill: known > 0 ? "loss" : "ink-3" },
  ];
  if (known > 0 && !Number.isFinite(toNumber(trace.loss))) marks.push(...drawBead("loss:value", { x: x + 6, y }, trace.loss, "backward", { radius: 8, opacity: known }));
  else if (known > 0) marks.push({ key: "loss:value", shape: "text", x: x + 8, y: y + size * 0.36, text, size: after > 0 ? 13 : size, weight: 700, anchor: "middle", fill: after > 0 ? "update" : "ink", opacity: Math.min(1, known * 2) });
  marks.push(...drawRest(stage));
  return layout.folded?.judged ? [...drawDots(stage, layout.folded.judged), ...marks] : marks;
}

/**
 * What is left of the gradient at the first step, of what there is at the last: in the room that
 * a loss at the last step leaves.
 * @param {Stage} stage
 * @returns {Mark[]}
 */
function drawRest(stage) {
  const { layout, plan } = stage;
  const [first, last] = [plan.steps[0], plan.steps[plan.steps.length - 1]];
  const [left, room] = [layout.left, layout.loss.x - layout.loss.w / 2 - layout.left];
  if (layout.folded || layout.narrow || first.output || plan.steps.length < 3 || room < 300) return [];
  const top = layout.loss.y - layout.loss.h / 2 + 14;
  const [cell] = layout.cells;
  if (cell.y - cell.h / 2 - top < 64) return [];
  const rests = first.states.map(({ id, letter }, k) => {
    const share = toNumber(norm(stage.gradient(id))) / toNumber(norm(stage.gradient(last.states[k].id)));
    return { letter, share, u: Math.min(gradientProgress(stage, id), gradientProgress(stage, last.states[k].id)) };
  });
  return [
    { key: "rest", shape: "text", x: left, y: top, text: `What is left at step 1 of the gradient at step ${last.time}`, size: 12, anchor: "start", fill: "ink-2" },
    ...rests.reverse().flatMap(({ letter, share, u }, k) => {
      const x = left + k * 130;
      const known = u > 0 && Number.isFinite(share);
      return [
        { key: `rest:${letter}:name`, shape: /** @type {const} */ ("text"), x, y: top + 30, text: letter, size: 15, italic: true, anchor: /** @type {const} */ ("start"), fill: "ink-2" },
        { key: `rest:${letter}`, shape: /** @type {const} */ ("text"), x: x + 20, y: top + 31, text: known ? formatNumber(share) : "\u2013", size: 22, weight: 600, anchor: /** @type {const} */ ("start"), fill: known ? "backward" : "ink-3", opacity: known ? u : 1 },
      ];
    }),
  ];
}

const MOST_OUTPUTS = 3;

/**
 * A dot for every output, a ring for its target, and between them how far apart they are.
 * @param {Stage} stage
 * @param {Area} area
 * @returns {Mark[]}
 */
function drawDots(stage, { left, top, width, height }) {
  const { plan, layout } = stage;
  const { low, high } = stage.keep("judged", () => {
    const all = plan.steps.flatMap(({ output }) => (output ? [...stage.grid(output.a), ...stage.grid(output.y)].flat().map(toNumber) : [])).filter(Number.isFinite);
    return { low: Math.min(0, ...all), high: Math.max(0, ...all) };
  });
  const place = (/** @type {number} */ value) => top + 5 + (1 - (value - low) / (high - low || 1)) * (height - 10);
  /** @type {Mark[]} */
  const ground = [
    { key: "judged", shape: "rect", x: left, y: top, width, height, rx: 6, fill: "raise", stroke: "rule", strokeWidth: 1 },
    { key: "judged:zero", shape: "path", d: `M${left} ${place(0)}h${width}`, stroke: "rule", strokeWidth: 1, fill: "none" },
    { key: "judged:a", shape: "text", x: left - 8, y: top + height / 2 + 4, text: "a, y", size: 12, italic: true, anchor: "end", fill: "ink-2" },
  ];
  const dots = plan.steps.flatMap(({ output }, i) => {
    if (!output) return [];
    const progress = { known: valueProgress(stage, output.a), told: valueProgress(stage, output.y), back: gradientProgress(stage, output.a) > 0 };
    const draw = () => drawPair(stage, output, { x: layout.columns[i], middle: top + height / 2, place }, progress);
    return progress.known >= 1 && progress.told >= 1 ? stage.keep(`dots ${output.a} ${progress.back}`, draw) : draw();
  });
  return [...ground, ...dots];
}

/**
 * @param {Stage} stage
 * @param {{a: string, y: string}} output
 * @param {{x: number, middle: number, place: (value: number) => number}} at
 * @param {{known: number, told: number, back: boolean}} progress
 * @returns {Mark[]}
 */
function drawPair(stage, { a, y }, { x, middle, place }, { known, told, back }) {
  const r = Math.max(1.2, Math.min(4, stage.layout.pitch * 0.32));
  const [outputs, targets] = [stage.grid(a), stage.grid(y)];
  /** @type {Mark[]} */
  const marks = [];
  for (let k = 0; k < Math.min(MOST_OUTPUTS, outputs.length); k++) {
    const [output, target] = [toNumber(outputs[k][0]), toNumber(targets[k]?.[0])];
    if (told > 0) marks.push({ key: `judged:${y}:${k}`, shape: "circle", x, y: place(target), r, fill: "raise", stroke: "ink-2", strokeWidth: Math.min(1.25, r / 2), opacity: told });
    if (known <= 0) continue;
    if (!Number.isFinite(output)) marks.push(...drawBead(`judged:${a}:${k}`, { x, y: middle }, outputs[k][0], "backward", { radius: Math.max(2, r), opacity: known }));
    else {
      marks.push({ key: `judged:${a}:${k}:gap`, shape: "path", d: `M${x} ${place(target)}V${place(output)}`, stroke: back ? "backward" : "loss", strokeWidth: Math.min(2, r), fill: "none", opacity: known * 0.7 });
      marks.push({ key: `judged:${a}:${k}`, shape: "circle", x, y: place(output), r, fill: "ink", opacity: known });
    }
  }
  return marks;
}

/** The cell at each time step: what is between its states. */

import { formatNumber, toNumber } from "../../layout/number.js";
import { beadRadius, lineWidth, signToken } from "../../layout/scale.js";
import { fitNumber } from "../../layout/text.js";
import { norm } from "../../layout/unrolled.js";
import { drawBead, roll } from "../bead.js";
import { during } from "../moment.js";
import { traceCurve } from "../plot.js";
import { gradientProgress, LEAVES, valueProgress } from "./progress.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./time.js").Stage} Stage */
/** @typedef {import("../../layout/layout.js").CellPlace} CellPlace */
/** @typedef {import("../../layout/layout.js").GatePlace} GatePlace */
/** @typedef {import("../../layout/layout.js").Area} Area */
/** @typedef {import("../../layout/trace.js").Num} Num */

const MOST_POINTS = 12;
const SMALL = 11;

/** @param {Stage} stage @returns {Mark[]} */
export function drawCells(stage) {
  return stage.layout.cells.flatMap((cell) => [...drawBody(stage, cell), ...drawStack(stage, cell), ...drawPlot(stage, cell), ...cell.gates.flatMap((gate) => drawGate(stage, gate))]);
}

/** @param {Stage} stage @param {CellPlace} cell @returns {Mark[]} */
function drawBody(stage, { time, x, y, w, h }) {
  const { beat, u, plan } = stage;
  const active = u < 1 && beat.time === time && (beat.kind === "step" || beat.kind === "step_back");
  const states = plan.steps[time - 1].states;
  const reached = stage.at(stage.story.value.get(states[states.length - 1].id)) > 0;
  return [
    {
      key: `cell:${time}`,
      shape: "rect",
      x: x - w / 2,
      y: y - h / 2,
      width: w,
      height: h,
      rx: Math.min(16, w * 0.16),
      fill: reached ? "raise" : "paper",
      stroke: active ? beat.phase : reached ? "ink" : "ink-3",
      strokeWidth: active ? 2 : 1.25,
      tone: active ? "lifted" : undefined,
    },
  ];
}

/**
 * The products of a single unit pile up to z, as they do in a dense one.
 * @param {Stage} stage
 * @param {CellPlace} cell
 * @returns {Mark[]}
 */
function drawStack(stage, { time, stack }) {
  const step = stage.plan.steps[time - 1];
  if (!stack || !step.z) return [];
  const key = `stack:${time}`;
  const span = stage.keep("parts", () => reachOfParts(stage));
  const perUnit = (stack.height - 16) / (span.above + span.below || 1);
  const zero = stack.top + span.above * perUnit;
  const [width, left] = [Math.min(20, stack.width * 0.5), stack.left + stack.width / 2 - Math.min(20, stack.width * 0.5) / 2];
  /** @type {Mark[]} */
  const marks = [{ key: `${key}:zero`, shape: "path", d: `M${stack.left} ${zero}H${stack.left + stack.width}`, stroke: "ink-3", strokeWidth: 1, fill: "none" }];
  const progress = stage.at(stage.story.value.get(step.z));
  const parts = listParts(stage, time);
  let [up, down] = [zero, zero];
  parts.forEach((value, i) => {
    const height = Math.abs(value) * perUnit * during(progress, 0.34 + 0.07 * i, 0.42 + 0.07 * i);
    if (!(height > 0)) return;
    const y = value > 0 ? (up -= height) : down;
    if (value < 0) down += height;
    const gap = height > 3 ? 0.5 : 0;
    marks.push({ key: `${key}:${i}`, shape: "rect", x: left, y: y + gap, width, height: height - 2 * gap, rx: Math.min(2, height / 3), fill: signToken(value) });
  });
  const u = valueProgress(stage, step.z);
  const z = stage.grid(step.z)[0]?.[0] ?? "NaN";
  if (u > 0) marks.push({ key: `${key}:z`, shape: "text", x: stack.left + stack.width / 2, y: stack.top + stack.height - 1, text: fitNumber(roll(0, z, u), stack.width + 8, SMALL), size: SMALL, weight: 600, anchor: "middle", fill: Number.isFinite(toNumber(z)) ? "ink-2" : "backward", opacity: u });
  return marks;
}

/** What adds up to the z of a single unit: from the input, from the state before, and the bias. @param {Stage} stage @param {number} time */
function listParts({ plan, grid }, time) {
  const z = plan.nodes.get(plan.steps[time - 1].z ?? "");
  return (z?.inputs ?? []).flatMap((id) => {
    const map = plan.nodes.get(id);
    const [source, weight, bias] = map?.inputs ?? [];
    const row = grid(weight ?? "")[0] ?? [];
    const products = row.map((value, i) => toNumber(value) * toNumber(grid(source)[i]?.[0]));
    return [...products, ...(bias ? [toNumber(grid(bias)[0]?.[0])] : [])].map((value) => (Number.isFinite(value) ? value : 0));
  });
}

/** How far the products reach over and under zero, at any step. @param {Stage} stage */
function reachOfParts(stage) {
  const sums = stage.plan.steps.map(({ time }) => listParts(stage, time));
  const most = (/** @type {number} */ sign) => Math.max(...sums.map((parts) => parts.reduce((sum, value) => sum + Math.max(0, value * sign), 0)));
  const [above, below] = [most(1), most(-1)];
  const pad = (above + below) * 0.06;
  return { above: above + pad, below: below + pad };
}

/**
 * The activation's curve with every unit's point on it, and in the step back the slopes there.
 * @param {Stage} stage
 * @param {CellPlace} cell
 * @returns {Mark[]}
 */
function drawPlot(stage, { time, plot }) {
  const curve = stage.trace.layers?.find(({ layer }) => layer === 1)?.curve;
  const { z, states } = stage.plan.steps[time - 1];
  if (!plot || !curve || !z) return [];
  const h = states[states.length - 1].id;
  const key = `plot:${time}`;
  const { x, y, d } = traceCurve(curve, plot);
  const [right, bottom] = [plot.left + plot.width, plot.top + plot.height];
  const begun = valueProgress(stage, z);
  /** @type {Mark[]} */
  const marks = [
    { key: `${key}:ground`, shape: "rect", x: plot.left, y: plot.top, width: plot.width, height: plot.height, rx: 6, fill: "sink" },
    { key: `${key}:axes`, shape: "path", d: `M${plot.left + 4} ${y(0)}H${right - 4}M${x(0)} ${plot.top + 4}V${bottom - 4}`, stroke: "rule", strokeWidth: 1, fill: "none" },
    { key: `${key}:line`, shape: "path", d, stroke: begun > 0 ? "ink-2" : "ink-3", strokeWidth: 1.5, fill: "none" },
  ];
  if (begun <= 0) return marks;
  const bent = during(stage.at(stage.story.value.get(h)), 0.56, 0.84);
  const back = gradientProgress(stage, z);
  const slopes = slopesOf(stage, h);
  const [zs, hs] = [stage.grid(z), stage.grid(h)];
  zs.slice(0, MOST_POINTS).forEach(([value], i) => {
    const [at, to] = [toNumber(value), toNumber(hs[i]?.[0])];
    if (!Number.isFinite(at) || !Number.isFinite(to)) return marks.push(...drawBead(`${key}:${i}`, { x: plot.left + plot.width / 2, y: plot.top + plot.height / 2 }, hs[i]?.[0] ?? "NaN", "backward", { radius: 7 }));
    const point = { x: x(at), y: y(to) };
    const slope = toNumber(slopes[i]?.[0]);
    if (back > 0 && Number.isFinite(slope)) {
      const [dx, dy] = [x(1) - x(0), (y(1) - y(0)) * slope];
      const half = (Math.min(plot.width, plot.height) * 0.36 * back) / (Math.hypot(dx, dy) || 1);
      marks.push({ key: `${key}:tangent:${i}`, shape: "path", d: `M${point.x - dx * half} ${point.y - dy * half}L${point.x + dx * half} ${point.y + dy * half}`, stroke: "backward", strokeWidth: zs.length > 3 ? 1.5 : 2, dash: "4 3", fill: "none" });
    }
    marks.push({ key: `${key}:${i}`, shape: "circle", x: point.x, y: y(0) + (point.y - y(0)) * bent, r: zs.length > 4 || plot.height < 50 ? 3 : 4, fill: "ink", opacity: begun });
  });
  if (back > 0 && zs.length === 1 && plot.width >= 70) {
    const low = toNumber(hs[0]?.[0]) < (toNumber(curve.a[0]) + toNumber(curve.a[curve.a.length - 1])) / 2;
    marks.push({ key: `${key}:slope`, shape: "text", x: low ? plot.left + 6 : right - 6, y: low ? plot.top + SMALL + 3 : bottom - 6, text: `${plot.width > 88 ? "slope " : ""}${formatNumber(slopes[0]?.[0])}`, size: SMALL, weight: 600, anchor: low ? "start" : "end", fill: "backward", halo: "sink", opacity: back });
  }
  return marks;
}

/** da/dz at each unit. @param {Stage} stage @param {string} id @returns {Num[][]} */
function slopesOf({ plan, trace }, id) {
  const node = plan.nodes.get(id);
  const local = node?.messages[0]?.local;
  const own = Array.isArray(local) && local.length === trace.batch ? local[trace.sample] : local;
  return (Array.isArray(own) ? own : [own ?? "NaN"]).map((value) => [/** @type {Num} */ (value)]);
}

/**
 * A gate as a small meter, a bar per unit, with the width of the gradient that reached it below.
 * @param {Stage} stage
 * @param {GatePlace} gate
 * @returns {Mark[]}
 */
function drawGate(stage, { id, letter, area, caption }) {
  const key = `gate:${id}`;
  const [u, back] = [valueProgress(stage, id), gradientProgress(stage, id)];
  const values = stage.grid(id).map(([value]) => value);
  const signed = stage.keep(`signed ${letter}`, () => isSigned(stage, letter));
  const most = Math.max(1, stage.reach.get(letter) ?? 1);
  const zero = signed ? area.top + area.height / 2 : area.top + area.height;
  const perUnit = (signed ? area.height / 2 : area.height) / most;
  const shown = values.slice(0, Math.max(1, Math.floor(area.width / 2)));
  const each = area.width / shown.length;
  /** @type {Mark[]} */
  const marks = [
    { key, shape: "rect", x: area.left, y: area.top, width: area.width, height: area.height, rx: Math.min(4, area.width / 4), fill: "sink" },
    { key: `${key}:zero`, shape: "path", d: `M${area.left} ${zero}h${area.width}`, stroke: "ink-3", strokeWidth: 1, fill: "none", opacity: 0.7 },
    { key: `${key}:letter`, shape: "text", x: area.left + area.width / 2, y: caption, text: letter, size: 12, italic: true, anchor: "middle", fill: u > 0 ? "ink-2" : "ink-3" },
  ];
  if (u > 0) {
    shown.forEach((value, i) => {
      const number = toNumber(value);
      const at = { x: area.left + (i + 0.5) * each, y: zero - (signed ? 0 : area.height / 2) };
      if (!Number.isFinite(number)) return marks.push(...drawBead(`${key}:${i}`, at, value, "backward", { radius: Math.min(5, each / 2), opacity: u }));
      const height = Math.abs(number) * perUnit * u;
      const gap = each > 5 ? 1 : 0.25;
      marks.push({ key: `${key}:${i}`, shape: "rect", x: area.left + i * each + gap, y: number < 0 ? zero : zero - height, width: each - 2 * gap, height, rx: Math.min(2, each / 4), fill: signed ? signToken(value) : "forward", opacity: 0.85 });
    });
  }
  const grid = stage.gradient(id);
  if (back > 0 && toNumber(norm(grid)) !== 0) {
    const half = Math.min(area.width / 2, 8) * back;
    marks.push({ key: `${key}:gradient`, shape: "path", d: `M${area.left + area.width / 2 - half} ${caption + 4}h${2 * half}`, stroke: "backward", strokeWidth: 0.5 + lineWidth(norm(grid)) * 0.4, fill: "none", opacity: back });
  }
  return marks;
}

/** Whether a gate is negative at some step. @param {Stage} stage @param {string} letter */
function isSigned({ plan, grid }, letter) {
  return plan.steps.some(({ gates }) => gates.some((gate) => gate.letter === letter && grid(gate.id).some(([value]) => toNumber(value) < 0)));
}

/** What passes the slope of a single unit on its way back. @param {Stage} stage @param {CellPlace} cell @returns {Mark[]} */
export function drawPassing(stage, { time, plot }) {
  const { beat, u, plan } = stage;
  const { z, states } = plan.steps[time - 1];
  if (!plot || !z || beat.kind !== "step_back" || beat.time !== time || u >= LEAVES) return [];
  const [before, after] = [norm(stage.gradient(states[states.length - 1].id)), norm(stage.gradient(z))];
  const way = during(u, 0, LEAVES);
  const [from, to] = [beadRadius(before), beadRadius(after)];
  return drawBead(`passing:${time}`, { x: plot.left + plot.width * (1 - way), y: plot.top + plot.height / 2 }, way < 0.5 ? before : after, "backward", { radius: from + (to - from) * during(way, 0.35, 0.65), opacity: 1 - during(way, 0.9, 1) });
}

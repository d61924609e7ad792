/** The loss: outputs and targets meet, their distance becomes one number, and the gradient leaves. */

import { moveAside, pointAt } from "../layout/curve.js";
import { formatNumber, toNumber } from "../layout/number.js";
import { lineWidth } from "../layout/scale.js";
import { fitText, textWidth, typeSize } from "../layout/text.js";
import { drawBead } from "./bead.js";
import { during } from "./moment.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./network.js").Stage} Stage */
/** @typedef {import("../layout/trace.js").Num} Num */
/** @typedef {import("../layout/trace.js").LossNode} LossNode */
/** @typedef {import("../layout/trace.js").UnitsTrace} Trace */

const MOST_GAPS = 6;

/** @param {Stage} stage @returns {Mark[]} */
export function drawWires(stage) {
  const { layout, moment, values, dense } = stage;
  const [forward, back] = [moment.at("loss"), moment.at("loss_gradient")];
  const numbered = layout.wires.length <= 4;
  return layout.wires.flatMap(({ unit, curve }) => {
    const value = values.get(unit);
    if (!value) return [];
    /** @type {Mark[]} */
    const marks = [{ key: `wire:${unit}`, shape: "curve", curve, stroke: forward > 0 ? "ink" : "ink-3", strokeWidth: forward > 0 ? 1.75 : 1.25, fill: "none" }];
    if (forward > 0 && forward < 0.4) marks.push(...drawBead(`bead:${unit}`, pointAt(curve, during(forward, 0, 0.3)), value.a, "loss", { opacity: 1 - during(forward, 0.3, 0.4), bulk: dense }));
    const gone = during(back, 0, 0.8);
    const aside = moveAside(curve, layout.down ? -5 : 5);
    if (gone > 0 && toNumber(value.grad_a) !== 0) marks.push({ key: `wire:${unit}:gradient`, shape: "curve", curve: aside, stroke: "backward", strokeWidth: 1 + (lineWidth(value.grad_a) - 1) * 0.5, fill: "none", opacity: 0.85 * gone });
    if (back > 0 && back < 1) marks.push(...drawBead(`bead:${unit}`, pointAt(aside, 1 - gone), value.grad_a, "backward", { opacity: 1 - during(back, 0.85, 1), text: numbered ? formatNumber(value.grad_a, { sign: true }) : false, scale: layout.scale, below: true, aside: layout.down }));
    return marks;
  });
}

/** @param {Stage} stage @returns {Mark[]} */
export function drawTargets(stage) {
  const { trace, layout, moment, lit } = stage;
  const row = trace.targets[trace.sample] ?? [];
  const u = moment.at("inputs");
  const forward = moment.at("loss");
  const size = typeSize(14, layout.scale);
  /** @type {Mark[]} */
  const marks = layout.targets.flatMap((place) => {
    const value = row[place.index];
    const inner = typeSize(Math.max(11, place.r * 0.66) / layout.scale, layout.scale);
    const marked = lit.has(place.id);
    const text = formatNumber(value);
    /** @type {Mark[]} */
    const own = [
      { key: `target:${place.id}:wire`, shape: "curve", curve: place.curve, stroke: forward > 0 ? "ink-2" : "ink-3", strokeWidth: 1.25, fill: "none" },
      { key: `target:${place.id}`, shape: "circle", x: place.x, y: place.y, r: place.r, fill: u > 0 ? "raise" : "paper", stroke: marked ? "ink" : "ink-2", strokeWidth: marked ? 2 : 1.25, dash: "3 3" },
    ];
    if (u > 0 && textWidth(text, inner) < place.r * 2 + 4) own.push({ key: `target:${place.id}:value`, shape: "text", x: place.x, y: place.y + inner * 0.36, text, size: inner, weight: 600, anchor: "middle", fill: "ink", opacity: during(u, 0.1, 0.8) });
    if (forward > 0 && forward < 0.4) own.push(...drawBead(`target:${place.id}:bead`, pointAt(place.curve, during(forward, 0, 0.3)), value, "loss", { opacity: 1 - during(forward, 0.3, 0.4) }));
    return own;
  });
  const last = layout.targets[layout.targets.length - 1];
  if (last) {
    const middle = (layout.targets[0].x + last.x) / 2;
    const several = layout.targets.length > 1;
    const at = layout.down && several ? { x: last.x + last.r + 10, y: layout.loss.y + 4 } : { x: middle, y: last.y + last.r + size + 2 };
    marks.push({ key: "target:name", shape: "text", ...at, text: several ? (layout.down ? "y" : "targets y") : "target y", italic: layout.down && several, size: typeSize(12, layout.scale), anchor: "middle", fill: "ink-2" });
  }
  return marks;
}

/** @param {Stage} stage @returns {Mark[]} */
export function drawLoss(stage) {
  const { trace, layout, moment, lit } = stage;
  const { x, y, w, h } = layout.loss;
  const u = moment.at("loss");
  const size = typeSize(12, layout.scale);
  const wide = w > h * 1.6;
  const after = during(moment.at("afterwards"), 0, 0.9);
  /** @type {Mark[]} */
  const marks = [
    { key: "loss", shape: "rect", x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 14, fill: u > 0 ? "loss-tint" : "paper", stroke: u > 0 ? "loss" : "ink-3", strokeWidth: lit.has("loss") ? 2.5 : 1.5 },
    { key: "loss:title", shape: "text", x, y: y - h / 2 + size + (wide ? 4 : 9), ...fitTitle(trace, w - 10, size), weight: 600, anchor: "middle", fill: u > 0 ? "loss" : "ink-2" },
  ];
  if (u <= 0) return marks;
  const plot = wide ? { x: x - w / 2 + 34, y: y + 9, side: h - 34 } : { x, y: y - h * 0.14, side: h * 0.25 };
  const settled = during(u, 0.85, 1);
  marks.push(...drawMeeting(stage, plot, during(u, 0.3, 0.55), during(u, 0.55, 0.85)));
  const middle = wide ? x + w * 0.12 : x;
  const big = typeSize(Math.min(26 * Math.max(1, layout.scale), h * 0.2) / layout.scale, layout.scale);
  const base = wide ? y + big * 0.62 : y + h * (after > 0 ? 0.14 : 0.22);
  if (settled > 0) marks.push({ key: "loss:value", shape: "text", x: middle, y: after > 0 ? base - (wide ? 0 : 2) : base, text: formatNumber(trace.loss), size: big, weight: 700, anchor: "middle", fill: after > 0 ? "ink-2" : "ink", opacity: settled });
  if (!wide && after <= 0 && !findGaps(trace)) marks.push(...listSteps(stage, u, x, y - h / 2 + size * 2 + 18, w - 12, size));
  const note = after > 0 ? "" : describeStep(stage, u);
  const foot = y + h / 2 - (wide ? 7 : 12);
  if (note && !wide) marks.push({ key: "loss:note", shape: "text", x, y: foot, text: fitText([note, note.split(" ").slice(-1)[0]], w - 8, size), size, anchor: "middle", fill: "ink-2" });
  if (after > 0 && trace.loss_after !== null) {
    const change = toNumber(trace.loss_after) - toNumber(trace.loss);
    const verdict = `\u2192 ${formatNumber(trace.loss_after)}`;
    marks.push(
      { key: "loss:after", shape: "text", x: wide ? middle : x, y: wide ? base + size + 4 : base + big * 0.9, text: wide ? `${verdict} (${formatNumber(change, { sign: true })})` : verdict, size: wide ? size : Math.max(size, big * 0.8), weight: 700, anchor: "middle", fill: "update", opacity: after },
    );
    if (!wide) marks.push({ key: "loss:change", shape: "text", x, y: foot + 4, text: `\u0394L ${formatNumber(change, { sign: true })}`, size, weight: 600, anchor: "middle", fill: "update", opacity: after });
  }
  return marks;
}

/**
 * As many words of the loss's name as fit, in the least size of type rather than cut.
 * @param {Trace} trace
 * @param {number} width
 * @param {number} size
 */
function fitTitle(trace, width, size) {
  const { loss } = trace.network.spec;
  const words = (typeof loss === "string" ? loss : loss.name).split("_");
  const titles = words.flatMap((_, cut) => {
    const text = words.slice(0, words.length - cut).join(" ");
    return [size, typeSize(0, 1)].map((own) => ({ text, size: own }));
  });
  return titles.find((title) => textWidth(title.text, title.size) <= width) ?? { text: "L", size };
}

/**
 * The distances of outputs and targets as gaps between two levels, each of which then becomes the
 * area of its square where the loss squares it. Losses without a difference show no gap.
 * @param {Stage} stage
 * @param {{x: number, y: number, side: number}} plot
 * @param {number} apart
 * @param {number} squared
 * @returns {Mark[]}
 */
function drawMeeting({ trace }, plot, apart, squared) {
  const gaps = findGaps(trace);
  if (apart <= 0 || !gaps) return [];
  const squares = trace.loss_nodes.some(({ op }) => op === "square");
  const sizes = gaps.map((value) => Math.abs(toNumber(value)));
  const largest = Math.max(...sizes) || 1;
  const pitch = Math.min(plot.side + 8, 96 / sizes.length);
  return sizes.flatMap((size, k) => {
    if (!Number.isFinite(size)) return [];
    const side = (size / largest) * Math.min(plot.side, pitch - 6) * apart;
    const left = plot.x + (k - (sizes.length - 1) / 2) * pitch - Math.min(plot.side, pitch - 6) / 2;
    const bottom = plot.y + plot.side / 2;
    const width = squares ? side * squared : 0;
    return [
      { key: `loss:square:${k}`, shape: /** @type {const} */ ("rect"), x: left, y: bottom - side, width, height: side, fill: "loss", opacity: 0.28 },
      { key: `loss:gap:${k}`, shape: /** @type {const} */ ("path"), d: `M${left} ${bottom}V${bottom - side}M${left - 4} ${bottom}H${left + 4}M${left - 4} ${bottom - side}H${left + 4}`, stroke: "loss", strokeWidth: 2, fill: "none" },
    ];
  });
}

/** The differences of outputs and targets, if that is what the loss starts from. @param {Trace} trace @returns {Num[] | null} */
function findGaps(trace) {
  for (const { op, value } of trace.loss_nodes) {
    if (op === "subtract" && Array.isArray(value) && value.length <= MOST_GAPS && measuresGap(trace, value)) return value;
  }
  return null;
}

/** @param {Trace} trace @param {Num[]} values */
function measuresGap(trace, values) {
  const [a, y] = [trace.outputs[trace.sample], trace.targets[trace.sample]];
  return values.every((value, k) => toNumber(value) === toNumber(a[k]) - toNumber(y[k]));
}

/**
 * The steps of a loss that shows no gap, each from the time it is reached.
 * @param {Stage} stage
 * @param {number} u
 * @param {number} x
 * @param {number} top
 * @param {number} width
 * @param {number} size
 * @returns {Mark[]}
 */
function listSteps({ trace }, u, x, top, width, size) {
  const small = Math.max(11, size - 1);
  const steps = listComputed(trace).filter(({ value }) => Array.isArray(value)).slice(0, 2);
  return steps.flatMap(({ id, label, value }, i) => {
    const opacity = during(u, 0.3 + 0.25 * i, 0.5 + 0.25 * i);
    if (opacity <= 0 || !Array.isArray(value)) return [];
    const numbers = value.slice(0, 3).map((one) => formatNumber(one, { digits: 2 })).join("  ");
    return [{ key: `loss:step:${id}`, shape: /** @type {const} */ ("text"), x, y: top + i * (small + 5), text: fitText([`${label} ${numbers}`, numbers], width, small), size: small, anchor: /** @type {const} */ ("middle"), fill: "ink-2", opacity }];
  });
}

/** @param {Trace} trace */
function listComputed(trace) {
  return trace.loss_nodes.filter(({ op, id, grad }) => op !== null && grad !== null && id !== "loss" && id !== "loss.sample");
}

/**
 * The node of the loss that is being computed, in words and numbers; at the end the whole.
 * @param {Stage} stage
 * @param {number} u
 */
function describeStep({ trace }, u) {
  const steps = listComputed(trace);
  const index = Math.floor(((u - 0.3) / 0.6) * steps.length);
  if (index < 0) return "";
  if (index < steps.length) {
    const { label, value } = steps[index];
    return `${label} ${(Array.isArray(value) ? value : [value]).slice(0, 2).map((one) => formatNumber(one)).join(", ")}`;
  }
  if (trace.batch > 1) return `sample ${trace.sample + 1}: ${formatNumber(trace.sample_loss)}`;
  const row = trace.outputs[trace.sample] ?? [];
  return row.length === 1 ? `a ${formatNumber(row[0])}, y ${formatNumber(trace.targets[trace.sample]?.[0])}` : "";
}

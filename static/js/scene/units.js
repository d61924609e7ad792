/** Inputs and units: discs, cells, instruments, and the gradients that gather at them. */

import { formatNumber, toNumber } from "../layout/number.js";
import { lineWidth, magnitude, signToken } from "../layout/scale.js";
import { fitNumber, fitText, textWidth, typeSize } from "../layout/text.js";
import { drawBead, roll } from "./bead.js";
import { drawInstrument, listParts } from "./instrument.js";
import { during } from "./moment.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./network.js").Stage} Stage */
/** @typedef {import("../layout/layout.js").UnitPlace} UnitPlace */
/** @typedef {import("../layout/layout.js").Box} Box */
/** @typedef {import("../layout/trace.js").UnitView} UnitView */

const UNFOLDED = { w: 172, h: 132 };

/** @param {Stage} stage @returns {Mark[]} */
export function drawUnits(stage) {
  const { trace, layout } = stage;
  return trace.units.flatMap((unit) => {
    const place = layout.units.get(unit.id);
    if (!place) return [];
    if (unit.layer === 0) return drawInput(stage, unit, place);
    if (place.form === "cell") return drawCell(stage, unit, place);
    const marks = place.form === "disc" ? drawDisc(stage, unit, place) : drawOpened(stage, unit, place);
    return [...marks, ...drawMask(stage, unit, place)];
  });
}

/**
 * Units that are folded and pointed at or selected, opened over the picture.
 * @param {Stage} stage
 * @returns {Mark[]}
 */
export function drawUnfolded(stage) {
  const { trace, layout, lit } = stage;
  return [...lit].flatMap((id) => {
    const [unit, place] = [trace.units.find((one) => one.id === id), layout.units.get(id)];
    if (!unit || !place || unit.layer === 0 || place.form === "instrument") return [];
    const [w, h] = [Math.min(UNFOLDED.w, layout.width - 8), Math.min(UNFOLDED.h, layout.height - 8)];
    const box = {
      x: Math.min(layout.width - w / 2 - 4, Math.max(w / 2 + 4, place.x)),
      y: Math.min(layout.height - h / 2 - 4, Math.max(h / 2 + 4, place.y)),
      w,
      h,
    };
    return drawOpened(stage, unit, box, "open:");
  });
}

/** @param {Stage} stage @param {UnitView} unit */
function progressOf({ moment, trace }, { layer, index }) {
  const count = trace.layers[layer].units;
  return {
    linear: moment.of("linear", layer, index, count),
    activation: moment.of("activation", layer, index, count),
    slope: moment.of("slope", layer, index, count),
  };
}

/** @param {Stage} stage @param {UnitView} unit @param {Box} box @param {string} [prefix] */
function drawOpened(stage, unit, box, prefix = "") {
  const { moment, layout, lit } = stage;
  const busy = moment.layer === unit.layer && (moment.kind === "slope" || moment.kind === "weights");
  return drawInstrument(stage.trace, unit, box, progressOf(stage, unit), {
    scale: layout.scale,
    active: busy || receives(stage, unit.layer),
    marked: lit.has(unit.id),
    parts: listParts(stage.incoming.get(unit.id) ?? [], unit),
    reach: stage.reach[unit.layer],
    prefix,
  });
}

/** @param {Stage} stage @param {number} layer */
function receives({ moment, trace }, layer) {
  if (moment.kind === "messages") return moment.layer === layer + 1;
  return moment.kind === "loss_gradient" && layer === trace.layers.length - 1;
}

/** @param {Stage} stage @param {UnitView} unit @param {UnitPlace} place @returns {Mark[]} */
function drawInput(stage, unit, place) {
  const { moment, layout, lit, names } = stage;
  const u = moment.at("inputs");
  if (place.form === "cell") return drawShade(stage, unit, place, u, 0);
  const size = typeSize(Math.min(19 * Math.max(1, layout.scale), Math.max(11, place.h * 0.34)) / layout.scale, layout.scale);
  const marks = drawRing(stage, unit, place, u > 0, lit.has(unit.id));
  if (place.h >= 26) {
    const small = typeSize(14, layout.scale);
    const aside = layout.down;
    marks.push({
      key: `unit:${unit.id}:name`,
      shape: "text",
      x: aside ? place.x - place.w / 2 - 6 : place.x,
      y: aside ? place.y + small * 0.35 : place.y - place.h / 2 - 8,
      text: names.get(unit.id),
      size: small,
      italic: true,
      anchor: aside ? "end" : "middle",
      fill: "ink-2",
    });
  }
  if (u > 0) marks.push(...writeInside(`unit:${unit.id}:a`, place, unit.a, size, during(u, 0.1, 0.8), "ink"));
  return marks;
}

/** @param {Stage} stage @param {UnitView} unit @param {UnitPlace} place @returns {Mark[]} */
function drawDisc(stage, unit, place) {
  const { layout, lit } = stage;
  const { linear, activation, slope } = progressOf(stage, unit);
  const marks = drawRing(stage, unit, place, linear >= 0.9, lit.has(unit.id));
  const size = typeSize(Math.min(16, place.h * 0.3) / layout.scale, layout.scale);
  const bent = during(activation, 0.5, 1);
  if (linear >= 0.9 && bent < 1 && unit.z !== null) {
    const u = during(linear, 0.9, 1);
    marks.push(...writeInside(`unit:${unit.id}:z`, place, roll(0, unit.z, u), size, u * (1 - bent), "ink-3"));
  }
  if (bent > 0) marks.push(...writeInside(`unit:${unit.id}:a`, place, unit.a, size, bent, "ink"));
  const back = during(slope, 0.4, 1);
  if (back > 0) {
    const width = 1 + (lineWidth(unit.grad_z) - 1) * 0.5;
    const silent = toNumber(unit.grad_z) === 0;
    marks.push({ key: `unit:${unit.id}:delta`, shape: "circle", x: place.x, y: place.y, r: place.w / 2 + 2 + width / 2, fill: "none", stroke: "backward", strokeWidth: width, opacity: silent ? 1 - back : back });
  }
  return marks;
}

/** @param {Stage} stage @param {UnitView} unit @param {UnitPlace} place */
function drawCell(stage, unit, place) {
  const { activation, slope } = progressOf(stage, unit);
  // A cell shows what the unit hands on: one that dropout leaves out fades again.
  const left = unit.mask === 0 ? 1 - during(activation, 0.6, 1) : 1;
  return drawShade(stage, unit, place, activation * left, slope);
}

/**
 * A cell shaded by its value, with a strip shaded by its delta.
 * @param {Stage} stage
 * @param {UnitView} unit
 * @param {UnitPlace} place
 * @param {number} forward
 * @param {number} backward
 * @returns {Mark[]}
 */
function drawShade({ lit }, unit, { x, y, w, h }, forward, backward) {
  const key = `unit:${unit.id}`;
  const inner = { x: x - w / 2, y: y - h / 2 + 0.5, width: w, height: Math.max(1, h - 1), rx: Math.min(3, h / 4) };
  /** @type {Mark[]} */
  const marks = [
    { key, shape: "rect", ...inner, fill: "raise", stroke: lit.has(unit.id) ? "ink" : "rule", strokeWidth: 1 },
  ];
  if (forward > 0) marks.push({ key: `${key}:a`, shape: "rect", ...inner, fill: signToken(unit.a), opacity: forward * (0.1 + 0.85 * magnitude(unit.a)) });
  if (backward > 0) marks.push({ key: `${key}:delta`, shape: "rect", ...inner, x: inner.x + w - 5, width: 5, fill: "backward", opacity: backward * magnitude(unit.grad_z) });
  return marks;
}

/** @param {Stage} stage @param {UnitView} unit @param {UnitPlace} place @param {boolean} reached @param {boolean} marked @returns {Mark[]} */
function drawRing(stage, unit, place, reached, marked) {
  const active = receives(stage, unit.layer);
  return [
    {
      key: `unit:${unit.id}`,
      shape: "circle",
      x: place.x,
      y: place.y,
      r: place.w / 2,
      fill: reached ? "raise" : "paper",
      stroke: active ? "backward" : reached || marked ? "ink" : "ink-3",
      strokeWidth: marked || active ? 2.25 : 1.5,
    },
  ];
}

/**
 * What dropout makes of a unit that has been activated: a veil over one that is left out, and the
 * factor at its corner.
 * @param {Stage} stage
 * @param {UnitView} unit
 * @param {UnitPlace} place
 * @returns {Mark[]}
 */
function drawMask(stage, unit, place) {
  const u = during(progressOf(stage, unit).activation, 0.6, 1);
  if (unit.mask === null || unit.mask === undefined || u <= 0) return [];
  const key = `unit:${unit.id}:mask`;
  const { layout } = stage;
  const [round, out] = [place.form === "disc", toNumber(unit.mask) === 0];
  const size = typeSize(12, layout.scale);
  const text = `\u00d7 ${formatNumber(unit.mask)}`;
  const [w, h] = [textWidth(text, size) + 10, size + 7];
  const corner = { x: place.x + (place.w / 2) * (round ? 0.72 : 1) - (round ? 0 : w / 2 + 6), y: place.y - place.h / 2 };
  const shape = { x: place.x - place.w / 2, y: place.y - place.h / 2, width: place.w, height: place.h, rx: round ? place.w / 2 : Math.min(18, place.h * 0.16) };
  /** @type {Mark[]} */
  const veil = out ? [{ key: `${key}:veil`, shape: "rect", ...shape, fill: "paper", stroke: "ink-3", strokeWidth: 1.5, dash: "4 4", opacity: 0.72 * u }] : [];
  return [
    ...veil,
    { key, shape: "rect", x: corner.x - w / 2, y: corner.y - h / 2, width: w, height: h, rx: 6, fill: "raise", stroke: "ink-3", strokeWidth: 1, opacity: u },
    { key: `${key}:text`, shape: "text", x: corner.x, y: corner.y + size * 0.36, text, size, weight: 600, anchor: "middle", fill: out ? "ink" : "ink-2", opacity: u },
  ];
}

/** @param {string} key @param {Box} place @param {import("../layout/trace.js").Num} value @param {number} size @param {number} opacity @param {string} fill @returns {Mark[]} */
function writeInside(key, { x, y, w }, value, size, opacity, fill) {
  if (opacity <= 0) return [];
  if (!Number.isFinite(toNumber(value))) return drawBead(key, { x, y }, value, "backward", { radius: Math.min(8, w / 3), opacity });
  const text = fitNumber(value, w, size);
  if (textWidth(text, size) > w + 5) return [];
  return [{ key, shape: "text", x, y: y + size * 0.36, text, size, weight: 600, anchor: "middle", fill, opacity }];
}

/**
 * dL/da at every unit that the backward pass has reached; a sum sign where several messages met.
 * @param {Stage} stage
 * @returns {Mark[]}
 */
export function drawUnitGradients(stage) {
  const { trace, layout, lit } = stage;
  return trace.units.flatMap((unit) => {
    const u = during(gradientProgress(stage, unit), 0.84, 1);
    const place = layout.units.get(unit.id);
    if (u <= 0 || !place) return [];
    const tag = place.tag ?? (lit.has(unit.id) && place.form !== "cell" ? besideLit(stage, place) : null);
    if (!tag) return [];
    const several = (trace.layers[unit.layer + 1]?.units ?? 1) > 1;
    const size = typeSize(12, layout.scale);
    const number = formatNumber(unit.grad_a, { sign: true });
    const text = several ? `\u03a3 ${number}` : fitText([`\u2202L/\u2202${unit.layer ? "a" : "x"} ${number}`, number], tag.w, size);
    const width = Math.min(tag.w, textWidth(text, size) + 12);
    const left = layout.down || unit.layer > 0 && place.form === "instrument" ? tag.x - tag.w / 2 : tag.x - width / 2;
    return drawTag(`tag:${unit.id}`, { x: left + width / 2, y: tag.y, w: width, h: tag.h }, text, size, u);
  });
}

/** @param {Stage} stage @param {UnitPlace} place @returns {Box} */
function besideLit({ layout }, place) {
  const w = 76;
  return { x: Math.min(layout.width - w / 2 - 4, place.out.x + w / 2 + 7), y: Math.max(14, place.out.y - 20), w, h: 20 };
}

/**
 * How far dL/da of a unit has come: by the loss at the output, by messages below.
 * @param {Stage} stage
 * @param {UnitView} unit
 */
export function gradientProgress({ moment, trace }, { layer, index }) {
  const last = trace.layers.length - 1;
  if (layer === last) return moment.at("loss_gradient");
  return moment.of("messages", layer + 1, index, trace.layers[layer].units);
}

/**
 * A small plate in the backward tint.
 * @param {string} key
 * @param {Box} box
 * @param {string} text
 * @param {number} size
 * @param {number} opacity
 * @returns {Mark[]}
 */
export function drawTag(key, { x, y, w, h }, text, size, opacity) {
  return [
    { key, shape: "rect", x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 6, fill: "backward-tint", stroke: "backward", strokeWidth: 1, opacity },
    { key: `${key}:text`, shape: "text", x, y: y + size * 0.36, text, size, weight: 600, anchor: "middle", fill: "backward", opacity },
  ];
}

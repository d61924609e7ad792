/** Where a recurrent network in training stands as a card of its weights, and sequences beside it. */

import { textWidth } from "./text.js";

/** @typedef {import("./layout.js").Box} Box by its middle */
/** @typedef {import("./curve.js").Point} Point */
/** @typedef {{name: string, label: string, box: Box}} Block the weights of one parameter; `name` is the parameter's */
/** @typedef {{input: Box, output: Box, title: Point}} Strip */
/**
 * @typedef {object} SequencesLayout
 * @property {number} width
 * @property {number} height
 * @property {boolean} down whether the sequences stand below the network
 * @property {{x: Box, cell: Box, output: Box, loop: readonly number[], up: readonly (readonly number[])[]}} card
 * @property {Block[]} blocks
 * @property {number} side of a weight
 * @property {Strip[]} strips
 * @property {number} pitch of a time step
 * @property {number} labels where names of rows end
 */

const NARROW = 620;
const [TOP, FOOT, SIDE] = [64, 92, 28];
/** Of a weight, in pixels. */
const [SMALLEST, LARGEST] = [0.01, 15];
const [ROW, CHART, TITLE, GAP] = [{ least: 7, named: 13, most: 20 }, { least: 34, most: 104 }, 24, 6];
const BETWEEN = 18;
/** The input's circle, and the ways into the cell and out of it. */
const ACROSS = { x: 32, into: 20, from: 28 };
/** Up to so many rows each has its name. */
const MOST_NAMED = 14;

/**
 * @param {{inputs: number, units: number, outputs: number, gates: number}} network
 * @param {{count: number, steps: number, rows: number, names: string[]}} data `rows` of the outputs' picture where
 *   it has one for each class, else 0; `names` of rows stand before them
 * @param {{width: number, height: number}} stage
 * @returns {SequencesLayout}
 */
export function layoutSequences(network, data, { width, height }) {
  const down = width < NARROW;
  const card = down
    ? placeCard(network, { x: SIDE - 12, y: 44, w: width - 2 * SIDE + 24, h: Math.min(220, height * 0.34) }, true)
    : placeCard(network, { x: SIDE, y: TOP, w: Math.min(300, width * 0.34), h: height - TOP - FOOT }, false);
  const label = Math.min(84, Math.max(30, ...data.names.map((name) => textWidth(name, 12))) + 10);
  const left = down ? SIDE - 12 + label : SIDE + Math.min(300, width * 0.34) + 44 + label;
  const top = down ? 44 + Math.min(220, height * 0.34) + 30 : TOP - 16;
  const area = { x: left, y: top, w: Math.max(40, width - left - SIDE), h: Math.max(80, height - (down ? 40 : FOOT) - top) };
  return { width, height, down, ...card, strips: placeStrips(network.inputs, data, area), pitch: area.w / data.steps, labels: left - 8 };
}

/**
 * @param {{inputs: number, units: number, outputs: number, gates: number}} network
 * @param {{x: number, y: number, w: number, h: number}} area by its left top corner
 * @param {boolean} across whether the flow runs to the right instead of up
 */
function placeCard({ inputs, units, outputs, gates }, area, across) {
  const [wide, tall] = [inputs + units + 1, gates * units];
  // Around the weights: a title above, names below, the loop beside.
  // Beside a cell that lies across: the input, the output, and the ways between.
  const narrow = area.w < 340 ? 66 : 84;
  const rest = ACROSS.x + ACROSS.into + ACROSS.from + narrow;
  const room = across ? { w: area.w - rest - 28, h: area.h - 60 } : { w: area.w - 74, h: area.h - 210 };
  const side = Math.max(SMALLEST, Math.min(LARGEST, (room.w - 2 * GAP) / wide, room.h / tall, across ? Infinity : room.w / (units + 1 + GAP / LARGEST)));
  const inner = { w: side * wide + 2 * GAP, h: side * tall };
  const cell = { w: Math.max(inner.w + 28, across ? Math.min(150, area.w - rest) : 176), h: inner.h + 60, x: 0, y: 0 };
  const out = { w: Math.max(side * (units + 1) + GAP + 28, 120), h: side * outputs + 38, x: 0, y: 0 };
  const middle = { x: area.x + area.w / 2, y: area.y + area.h / 2 };
  if (across) {
    const start = Math.max(area.x, middle.x - (rest + cell.w) / 2);
    const x = { x: start + ACROSS.x / 2, y: middle.y, w: ACROSS.x, h: ACROSS.x };
    Object.assign(cell, { x: start + ACROSS.x + ACROSS.into + cell.w / 2, y: middle.y });
    const tiny = Math.min(side, (narrow - 16 - GAP) / (units + 1));
    Object.assign(out, { w: narrow, h: tiny * outputs + 40, x: cell.x + cell.w / 2 + ACROSS.from + narrow / 2, y: middle.y });
    return finish(x, cell, out, { inputs, units, outputs, gates }, { side, tiny }, true);
  }
  const total = out.h + 40 + cell.h + 34 + 40;
  const top = area.y + Math.max(0, (area.h - total) / 2);
  Object.assign(out, { x: middle.x - 14, y: top + out.h / 2 });
  Object.assign(cell, { x: middle.x - 14, y: top + out.h + 40 + cell.h / 2 });
  const x = { x: middle.x - 14, y: cell.y + cell.h / 2 + 34 + 20, w: 40, h: 40 };
  return finish(x, cell, out, { inputs, units, outputs, gates }, { side, tiny: side }, false);
}

/** @param {Box} x @param {Box} cell @param {Box} output @param {{inputs: number, units: number, outputs: number, gates: number}} network @param {{side: number, tiny: number}} sides @param {boolean} across */
function finish(x, cell, output, { inputs, units, outputs, gates }, { side, tiny }, across) {
  const tall = side * gates * units;
  let left = cell.x - (side * (inputs + units + 1) + 2 * GAP) / 2;
  const row = (/** @type {string} */ name, /** @type {string} */ label, /** @type {number} */ columns) => {
    const w = side * columns;
    const block = { name, label, box: { x: left + w / 2, y: cell.y + 6, w, h: tall } };
    left += w + GAP;
    return block;
  };
  const blocks = [row("cell.weight_ih", "x", inputs), row("cell.weight_hh", "h", units), row("cell.bias", "b", 1)];
  left = output.x - (tiny * (units + 1) + GAP) / 2;
  for (const [name, columns] of /** @type {[string, number][]} */ ([["output.weight", units], ["output.bias", 1]])) {
    const w = tiny * columns;
    blocks.push({ name, label: "", box: { x: left + w / 2, y: output.y + 8, w, h: tiny * outputs } });
    left += w + GAP;
  }
  const loop = across ? loopBelow(cell) : loopBeside(cell);
  const up = across
    ? [line(x.x + x.w / 2, x.y, cell.x - cell.w / 2 - 3, x.y), line(cell.x + cell.w / 2, cell.y, output.x - output.w / 2 - 3, cell.y)]
    : [line(x.x, x.y - x.h / 2, x.x, cell.y + cell.h / 2 + 3), line(cell.x, cell.y - cell.h / 2, cell.x, output.y + output.h / 2 + 3)];
  return { card: { x, cell, output, loop, up }, blocks, side };
}

/** @param {Box} cell */
function loopBeside({ x, y, w, h }) {
  const [right, reach] = [x + w / 2, Math.min(46, h / 3)];
  return [right, y - reach / 2, right + 44, y - reach / 2, right + 44, y + reach / 2, right + 4, y + reach / 2];
}

/** @param {Box} cell */
function loopBelow({ x, y, w, h }) {
  const [bottom, reach] = [y + h / 2, Math.min(46, w / 3)];
  return [x + reach / 2, bottom, x + reach / 2, bottom + 26, x - reach / 2, bottom + 26, x - reach / 2, bottom + 4];
}

/** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
function line(x1, y1, x2, y2) {
  return [x1, y1, x1, y1, x2, y2, x2, y2];
}

/**
 * As many strips as there is room for, at least one, each with a row per input and its outputs below.
 * @param {number} inputs
 * @param {{count: number, rows: number}} data
 * @param {{x: number, y: number, w: number, h: number}} area
 * @returns {Strip[]}
 */
function placeStrips(inputs, { count, rows }, area) {
  const small = inputs + rows <= MOST_NAMED ? ROW.named : ROW.least;
  const least = TITLE + inputs * small + GAP + (rows ? rows * small : CHART.least) + BETWEEN;
  const shown = Math.max(1, Math.min(count, Math.floor((area.h - 20 + BETWEEN) / least)));
  const each = (area.h - 20 + BETWEEN) / shown - TITLE - GAP - BETWEEN;
  const row = Math.min(ROW.most, Math.max(ROW.least, rows ? each / (inputs + rows) : Math.min(each / (inputs + 3), ROW.most)));
  const out = rows ? row * rows : Math.min(CHART.most, Math.max(CHART.least, each - row * inputs));
  const pitch = TITLE + row * inputs + GAP + out + BETWEEN;
  const start = area.y + Math.max(0, (area.h - 20 - (shown * pitch - BETWEEN)) / 2);
  return Array.from({ length: shown }, (_, i) => {
    const top = start + i * pitch;
    const middle = area.x + area.w / 2;
    return {
      title: { x: area.x, y: top + 14 },
      input: { x: middle, y: top + TITLE + (row * inputs) / 2, w: area.w, h: row * inputs },
      output: { x: middle, y: top + TITLE + row * inputs + GAP + out / 2, w: area.w, h: out },
    };
  });
}

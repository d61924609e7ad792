/** The inside of a recurrent cell: states on their rails, between them gates or the curve. */

/** @typedef {import("./layout.js").CellPlace} CellPlace */
/** @typedef {import("./layout.js").BlockPlace} BlockPlace */
/** @typedef {import("./layout.js").Box} Box */
/** @typedef {import("./unrolled.js").TimeStep} TimeStep */
/** @typedef {{units: number, states: number, gates: number}} Kind */
/**
 * What is the same for the cells of all time steps.
 * @typedef {{pad: number, foot: number, row: number, rows: number, middle: number, height: number}} Inside
 */

export const ROW = 18;
const FOOT = 17;
const GAP = 9;
const LEAST = { row: 3, middle: 38, wide: 38 };
const CAPTION = 15;
/** Two columns of numbers need so much. */
const BOTH = 84;
const NUMBER = 31;
/** Beside the curve there is room for the products. */
const STACKED = 78;

/**
 * How the height of the cells is shared out.
 * @param {Kind} kind
 * @param {number} width
 * @param {number} room the height that they may take
 * @returns {Inside}
 */
export function shareOut({ units, states, gates }, width, room) {
  const pad = width >= 90 ? 10 : width >= 60 ? 7 : 4;
  const foot = width >= 38 ? FOOT : 6;
  const fixed = 2 * pad + states * foot;
  const curved = gates === 0;
  const tall = width >= 130 ? 116 : width - 2 * pad >= 58 ? 84 : 56;
  const wanted = gates > 0 ? Math.min(tall, 92) : curved ? tall : 0;
  const tight = (room - fixed - LEAST.middle - states * GAP) / states / units < 6 && units <= 8;
  const least = wanted && width >= LEAST.wide && !tight ? LEAST.middle : 0;
  const perState = Math.max(LEAST.row, (room - fixed - least - (least ? states * GAP : 0)) / states);
  const row = Math.max(LEAST.row, Math.min(ROW, perState / units));
  const rows = Math.max(1, Math.min(units, Math.floor(perState / row + 1e-9)));
  const rest = room - fixed - states * rows * row;
  const middle = least ? Math.max(0, Math.min(wanted, rest - states * GAP)) : 0;
  const height = fixed + states * rows * row + (middle ? middle + states * GAP : states > 1 ? GAP : 0);
  return { pad, foot, row, rows, middle, height: Math.min(room, height) };
}

/**
 * @param {TimeStep} step
 * @param {Box} box
 * @param {Kind} kind
 * @param {Inside} inside
 * @returns {{cell: CellPlace, blocks: BlockPlace[]}}
 */
export function layoutCell(step, box, kind, { pad, foot, row, rows, middle }) {
  const [left, width] = [box.x - box.w / 2 + pad, box.w - 2 * pad];
  let top = box.y - box.h / 2 + pad;
  /** @param {string} id */
  const block = (id) => {
    const place = layoutBlock(id, { left, top, width }, { total: kind.units, rows, row, graded: true });
    const made = { ...place, foot: foot === FOOT ? top + rows * row + 13 : null };
    top += rows * row + foot;
    return made;
  };
  const [shown, ...kept] = [...step.states].reverse();
  const above = kept.reverse().map(({ id }) => block(id));
  if (above.length) top += GAP;
  const area = { left, top, width, height: middle };
  if (middle) top += middle + GAP;
  const blocks = [...above, block(shown.id)];
  const curved = middle > 0 && step.z !== null;
  const stacked = curved && kind.units === 1 && width >= STACKED;
  const stack = stacked ? { ...area, width: Math.min(44, width * 0.3) } : null;
  const plot = curved ? (stack ? { ...area, left: left + stack.width + 6, width: width - stack.width - 6 } : area) : null;
  return { cell: { ...box, time: step.time, plot, stack, gates: middle ? placeGates(step, area) : [] }, blocks };
}

/** @param {TimeStep} step @param {import("./layout.js").Area} area */
function placeGates({ gates }, { left, top, width, height }) {
  const each = width / gates.length;
  return gates.map(({ id, letter }, i) => ({
    id,
    letter,
    area: { left: left + i * each + Math.min(3, each * 0.1), top, width: each - Math.min(6, each * 0.2), height: height - CAPTION },
    caption: top + height - 2,
  }));
}

/**
 * @param {string} id
 * @param {{left: number, top: number, width: number}} at
 * @param {{total: number, rows: number, row: number, graded: boolean}} size `graded`: with room for the gradient
 * @returns {BlockPlace}
 */
export function layoutBlock(id, { left, top, width }, { total, rows, row, graded }) {
  const numbered = row >= 13;
  const both = graded && numbered && width >= BOTH && total > 1;
  const strip = graded && total > 1 && !both ? Math.min(7, width * 0.3) : 0;
  const value = both ? (width - 4) / 2 : width - (strip ? strip + 2 : 0);
  const grad = both ? { left: left + value + 4, w: value, numbered: true } : strip ? { left: left + width - strip, w: strip, numbered: false } : null;
  return {
    id,
    x: left + width / 2,
    y: top + (rows * row) / 2,
    w: width,
    h: rows * row,
    rows,
    row,
    cut: rows < total,
    value: { left, w: value, numbered: numbered && value >= NUMBER },
    grad,
    foot: null,
  };
}

/**
 * Outputs, and over each its target.
 * @param {import("./time.js").Frame} frame
 * @param {number[]} columns
 * @param {number} width
 * @param {number} foot where they end
 * @param {Map<string, BlockPlace>} blocks
 */
export function placeJudged({ plan, sizes, totals, row }, columns, width, foot, blocks) {
  const size = { total: totals.outputs, rows: sizes.outputs, row };
  const tall = sizes.outputs * row;
  for (const [i, { output }] of plan.steps.entries()) {
    if (!output) continue;
    const left = columns[i] - width / 2;
    blocks.set(output.a, layoutBlock(output.a, { left, top: foot - tall, width }, { ...size, graded: true }));
    blocks.set(output.y, layoutBlock(output.y, { left, top: foot - 2 * tall - 6, width }, { ...size, graded: false }));
  }
}

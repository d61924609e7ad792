/** Where the parts of an unrolled recurrent network stand: a column per time step. */

import { fitCards, layoutCards } from "./cards.js";
import { layoutBlock, layoutCell, placeJudged, ROW, shareOut } from "./cell.js";
import { layoutFolded } from "./folded.js";
import { readGrid } from "./entries.js";
import { listSpots } from "./spots.js";
import { unroll } from "./unrolled.js";

/** @typedef {import("./trace.js").NodesTrace} NodesTrace */
/** @typedef {import("./layout.js").TimeLayout} TimeLayout */
/** @typedef {import("./layout.js").BlockPlace} BlockPlace */
/** @typedef {import("./layout.js").WirePlace} WirePlace */
/** @typedef {import("./layout.js").Box} Box */
/** @typedef {import("./unrolled.js").Unrolled} Unrolled */
/**
 * What both kinds of picture share.
 * @typedef {object} Frame
 * @property {NodesTrace} trace
 * @property {Unrolled} plan
 * @property {boolean} narrow
 * @property {number} width
 * @property {number} height
 * @property {number} side
 * @property {number} top
 * @property {number} bottom
 * @property {boolean} short whether the height is scarce
 * @property {boolean} beside whether output and target stand beside the loss
 * @property {number} row height of a row of inputs, outputs and targets
 * @property {{units: number, inputs: number, outputs: number}} sizes rows that are shown
 * @property {{units: number, inputs: number, outputs: number}} totals rows that there are
 * @property {{loss: number, small: number, large: number, caption: number}} gaps
 */

const NARROW = 560;
/** A column that is narrower cannot hold a number. */
const LEAST_PITCH = { narrow: 47, wide: 52 };
const MOST_PITCH = 240;
const MOST_ROWS = { roomy: 4, short: 2, tiny: 1 };

/**
 * @param {NodesTrace} trace
 * @param {{width: number, height: number}} stage
 * @returns {TimeLayout}
 */
export function layoutTime(trace, { width, height }) {
  const plan = unroll(trace);
  const narrow = width < NARROW;
  const frame = makeFrame(trace, plan, width, height, narrow);
  const stub = narrow ? 26 : 48;
  const room = width - 2 * frame.side - stub;
  const pitch = Math.min(MOST_PITCH, room / plan.steps.length);
  const layout = pitch < LEAST_PITCH[narrow ? "narrow" : "wide"] ? layoutFolded(frame) : layoutColumns(frame, stub, pitch);
  return { ...layout, spots: listSpots(plan, layout) };
}

/** @param {NodesTrace} trace @param {Unrolled} plan @param {number} width @param {number} height @param {boolean} narrow @returns {Frame} */
function makeFrame(trace, plan, width, height, narrow) {
  /** @param {string | undefined} id */
  const count = (id) => {
    const node = plan.nodes.get(id ?? "");
    return node ? Math.max(1, readGrid(trace, node, node.value).length) : 1;
  };
  const [first, judged] = [plan.steps[0], plan.steps.find(({ output }) => output)];
  const every = plan.steps.length > 1 && first.output !== null;
  const [top, bottom] = narrow ? [50, 4] : [72, 10];
  const short = height - top - bottom < (narrow ? 330 : 450);
  const most = MOST_ROWS[!short ? "roomy" : narrow ? "tiny" : "short"];
  const totals = { units: count(first.states[0].id), inputs: count(first.x), outputs: count(judged?.output?.a) };
  return {
    trace,
    plan,
    narrow,
    width,
    height,
    side: narrow ? 10 : 28,
    top,
    bottom,
    row: narrow ? 16 : ROW,
    sizes: { units: totals.units, inputs: Math.min(most, totals.inputs), outputs: Math.min(most, totals.outputs) },
    totals,
    short,
    beside: short && !every,
    gaps: narrow ? { loss: 28, small: 8, large: 13, caption: short ? 4 : 16 } : short ? { loss: 32, small: 8, large: 15, caption: 20 } : { loss: 38, small: 12, large: 24, caption: 22 },
  };
}

/** @param {Frame} frame @param {number} stub @param {number} pitch @returns {Omit<TimeLayout, "spots">} */
function layoutColumns(frame, stub, pitch) {
  const { trace, plan, narrow, width, height, side, top, bottom, row, sizes, totals, gaps, short, beside } = frame;
  const { steps } = plan;
  const gap = Math.max(narrow ? 10 : 13, Math.min(46, pitch * 0.27));
  const w = pitch - gap;
  const start = (width - stub - pitch * steps.length) / 2 + stub;
  const columns = steps.map((_, i) => start + gap + w / 2 + i * pitch);
  const kind = { units: totals.units, states: steps[0].states.length, gates: steps[0].gates.length };
  const head = gaps.large + (beside ? Math.max(gaps.loss, 2 * sizes.outputs * row + 6) : gaps.loss + gaps.small + 2 * sizes.outputs * row + 6);
  const foot = gaps.large + sizes.inputs * row + 14;
  const whole = height - top - bottom;
  const cardsRoom = fitCards(trace, plan.parameters, Math.min(92, whole * 0.22), Math.min(200, whole * (short ? 0.25 : 0.33)));
  const inside = shareOut(kind, w, Math.max(30, whole - head - foot - gaps.large - gaps.caption - cardsRoom));
  const spare = Math.max(0, whole - head - inside.height - foot - gaps.large - gaps.caption - cardsRoom);
  const cellTop = top + head + spare * 0.4;
  /** @type {Map<string, BlockPlace>} */
  const blocks = new Map();
  const cells = steps.map((step, i) => {
    const made = layoutCell(step, { x: columns[i], y: cellTop + inside.height / 2, w, h: inside.height }, kind, inside);
    for (const block of made.blocks) blocks.set(block.id, block);
    return made.cell;
  });
  for (const { id, letter } of plan.start) {
    const like = blocks.get(`time1.${letter}`);
    if (!like) continue;
    const [size, right] = [narrow ? 20 : 36, start];
    blocks.set(id, { ...layoutBlock(id, { left: right - size, top: like.y - like.h / 2, width: size }, { total: kind.units, rows: like.rows, row: like.row, graded: false }) });
  }
  const inputTop = cellTop + inside.height + gaps.large;
  const valueWidth = Math.min(w, 84);
  for (const [i, { x }] of steps.entries()) {
    blocks.set(x, layoutBlock(x, { left: columns[i] - valueWidth / 2, top: inputTop, width: valueWidth }, { total: totals.inputs, rows: sizes.inputs, row, graded: false }));
  }
  const lossTop = Math.max(top, cellTop - head);
  const lossWidth = narrow ? 104 : 128;
  const last = columns[columns.length - 1];
  const judged = Math.min(w, 104);
  const lossX = beside ? last - judged / 2 - 34 - lossWidth / 2 : Math.min(width - side - lossWidth / 2, last);
  const loss = { x: lossX, y: beside ? cellTop - gaps.large - sizes.outputs * row - 2 : lossTop + gaps.loss / 2, w: lossWidth, h: gaps.loss };
  placeJudged(frame, columns, judged, cellTop - gaps.large, blocks);
  const cardsTop = inputTop + sizes.inputs * row + 14 + gaps.large + gaps.caption;
  const area = { left: side, top: cardsTop, width: width - 2 * side, height: Math.min(cardsRoom + spare * 0.2, height - bottom - cardsTop) };
  const rails = plan.rails.map((rail) => ({
    id: rail.id,
    letter: rail.letter,
    time: rail.time,
    y: blocks.get(rail.to)?.y ?? 0,
    left: rail.time === 0 ? start : columns[rail.time - 1] + w / 2,
    right: columns[rail.time] - w / 2,
  }));
  return {
    width,
    height,
    down: false,
    narrow,
    edges: wireUp(plan, { blocks, loss, cellTop, cellFoot: cellTop + inside.height, columns }),
    columns,
    pitch,
    cells,
    blocks,
    rails,
    loss,
    cards: layoutCards(trace, plan.parameters, area),
    caption: cardsTop - 8,
    captioned: gaps.caption > 8,
    left: side,
    right: width - side,
    folded: null,
  };
}

/**
 * From inputs up into cells, on to outputs, and to the loss.
 * @param {Unrolled} plan
 * @param {{blocks: Map<string, BlockPlace>, loss: Box, cellTop: number, cellFoot: number, columns: number[]}} places
 * @returns {WirePlace[]}
 */
function wireUp(plan, { blocks, loss, cellTop, cellFoot, columns }) {
  return plan.steps.flatMap(({ time, x, into, states, output }, i) => {
    const [input, at] = [blocks.get(x), columns[i]];
    /** @type {WirePlace[]} */
    const wires = input ? [{ id: into, from: x, to: states[states.length - 1].id, time, curve: upward(at, input.y - input.h / 2, cellFoot) }] : [];
    const [a, y] = [blocks.get(output?.a ?? ""), blocks.get(output?.y ?? "")];
    if (!output || !a || !y) return wires;
    wires.push({ id: output.into, from: states[states.length - 1].id, to: output.a, time, curve: upward(at, cellTop, a.y + a.h / 2) });
    const [from, edge] = [y.y - y.h / 2, loss.x - loss.w / 2];
    if (loss.y > from) {
      const [start, end, middle] = [a.x - a.w / 2, loss.x + loss.w / 2, (a.x - a.w / 2 + loss.x + loss.w / 2) / 2];
      wires.push({ id: output.judged, from: output.a, to: plan.loss, time, curve: [start, a.y, middle, a.y, middle, loss.y, end, loss.y] });
      return wires;
    }
    const under = Math.abs(at - loss.x) < loss.w / 2;
    const curve = under ? upward(at, from, loss.y + loss.h / 2) : [at, from, at, loss.y, at, loss.y, edge, loss.y];
    wires.push({ id: output.judged, from: output.a, to: plan.loss, time, curve });
    return wires;
  });
}

/** A straight way up. @param {number} x @param {number} from @param {number} to */
function upward(x, from, to) {
  const third = (to - from) / 3;
  return [x, from, x, from + third, x, to - third, x, to];
}

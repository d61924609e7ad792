/** Many time steps: each a strip, and the gradient that comes back to each on a log scale. */

import { fitCards, layoutCards } from "./cards.js";
import { layoutBlock, placeJudged } from "./cell.js";

/** @typedef {import("./layout.js").TimeLayout} TimeLayout */
/** @typedef {import("./layout.js").BlockPlace} BlockPlace */
/** @typedef {import("./time.js").Frame} Frame */

const UNIT = 12;
const INPUT = 26;
const BETWEEN = 20;
const MOST_CHART = 190;

/** @param {Frame} frame @returns {Omit<TimeLayout, "spots">} */
export function layoutFolded(frame) {
  const { trace, plan, narrow, width, height, side, top, bottom, row, sizes, totals, gaps, short, beside } = frame;
  const { steps } = plan;
  const start = side + (narrow ? 30 : 40);
  const pitch = (width - side - start) / steps.length;
  const columns = steps.map((_, i) => start + (i + 0.5) * pitch);
  const every = steps.length > 1 && steps[0].output !== null;
  const whole = height - top - bottom;
  const cardsRoom = fitCards(trace, plan.parameters, Math.min(92, whole * 0.22), Math.min(190, whole * (short ? 0.22 : 0.28)));
  const tall = every ? Math.min(64, whole * 0.13) : 2 * sizes.outputs * row + 6;
  const between = short ? 8 : narrow ? 12 : BETWEEN;
  const input = short ? 16 : INPUT;
  const head = (beside ? 0 : gaps.loss + gaps.small) + tall + between;
  const letters = steps[0].states.map(({ letter }) => letter);
  const rest = whole - head - input - 2 * between - (short ? 20 : gaps.large + 14) - gaps.caption - cardsRoom;
  const stateHeight = Math.max(14, Math.min(96, totals.units * UNIT, (rest * 0.4) / letters.length - between));
  const chartHeight = Math.max(24, Math.min(MOST_CHART, rest - letters.length * (stateHeight + between)));
  let at = top + (beside ? 0 : gaps.loss + gaps.small);
  const area = (/** @type {number} */ tallness, /** @type {number} */ after) => {
    const made = { left: start, top: at, width: pitch * steps.length, height: tallness };
    at += tallness + after;
    return made;
  };
  const judgedArea = area(tall, between);
  const states = letters.map((letter) => ({ letter, rows: Math.min(totals.units, Math.max(1, Math.floor(stateHeight / 3))), top: area(stateHeight, between).top, height: stateHeight }));
  const inputArea = area(input, between);
  at += 8;
  const chart = area(chartHeight - 8, 0);
  const cardsTop = at + 14 + (short ? 6 : gaps.large) + gaps.caption;

  const lossWidth = narrow ? 104 : 128;
  const loss = beside ? { x: width - side - 84 - 34 - lossWidth / 2, y: top + tall / 2, w: lossWidth, h: Math.min(tall, gaps.loss) } : { x: width - side - lossWidth / 2, y: top + gaps.loss / 2, w: lossWidth, h: gaps.loss };
  /** @type {Map<string, BlockPlace>} */
  const blocks = new Map();
  if (!every) placeJudged(frame, columns.map((x) => Math.min(x, width - side - 42)), 84, judgedArea.top + tall, blocks);
  for (const [i, step] of steps.entries()) {
    const strip = { left: columns[i] - pitch / 2, width: pitch };
    for (const { id, letter } of step.states) {
      const band = states.find((one) => one.letter === letter) ?? states[0];
      blocks.set(id, layoutBlock(id, { ...strip, top: band.top }, { total: totals.units, rows: band.rows, row: band.height / band.rows, graded: false }));
    }
    blocks.set(step.x, layoutBlock(step.x, { ...strip, top: inputArea.top }, { total: totals.inputs, rows: Math.min(totals.inputs, 8), row: input / Math.min(totals.inputs, 8), graded: false }));
    if (every && step.output) {
      // Both stand in one plot; in reading order the target comes first.
      const half = judgedArea.height / 2;
      blocks.set(step.output.y, layoutBlock(step.output.y, { ...strip, top: judgedArea.top }, { total: totals.outputs, rows: 1, row: half, graded: false }));
      blocks.set(step.output.a, layoutBlock(step.output.a, { ...strip, top: judgedArea.top + half }, { total: totals.outputs, rows: 1, row: half, graded: false }));
    }
  }
  const rails = plan.rails.filter(({ time }) => time > 0).map(({ id, letter, time }) => ({ id, letter, time, y: chart.top + chart.height / 2, left: columns[time - 1] - pitch / 2, right: columns[time - 1] + pitch / 2 }));
  return {
    width,
    height,
    down: false,
    narrow,
    edges: [],
    columns,
    pitch,
    cells: [],
    blocks,
    rails,
    loss,
    cards: layoutCards(trace, plan.parameters, { left: side, top: cardsTop, width: width - 2 * side, height: height - bottom - cardsTop }),
    caption: cardsTop - 8,
    captioned: gaps.caption > 8,
    left: side,
    right: width - side,
    folded: { states, input: inputArea, judged: every ? judgedArea : null, chart },
  };
}

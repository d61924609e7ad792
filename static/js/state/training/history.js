/** What the charts show: a point per frame, thinned out where there are too many. */

/** @typedef {import("./store.js").Frame} Frame */
/**
 * Columns of the same length; null where a frame did not say.
 * @typedef {object} History
 * @property {number[]} steps
 * @property {(number | null)[]} loss
 * @property {(number | null)[]} validation
 * @property {(number | null)[]} accuracy
 * @property {(number | null)[]} validationAccuracy
 * @property {Record<string, (number | null)[]>} norms by layer
 * @property {Record<string, (number | null)[]>} ratios by layer
 */

const MOST = 1200;

/** @returns {History} */
export function emptyHistory() {
  return { steps: [], loss: [], validation: [], accuracy: [], validationAccuracy: [], norms: {}, ratios: {} };
}

/**
 * Adds a frame. A step that is there already is only filled in.
 * @param {History} history is changed
 * @param {Frame} frame
 */
export function record(history, frame) {
  cut(history, frame.step);
  if (history.steps.at(-1) === frame.step && frame.gradient_norms === null) return;
  if (history.steps.at(-1) === frame.step) cut(history, frame.step - 1);
  history.steps.push(frame.step);
  history.loss.push(finite(frame.loss));
  history.validation.push(finite(frame.validation_loss));
  history.accuracy.push(finite(frame.metrics.accuracy));
  history.validationAccuracy.push(finite(frame.metrics.validation_accuracy));
  push(history.norms, frame.gradient_norms, history.steps.length);
  push(history.ratios, frame.update_ratio, history.steps.length);
  if (history.steps.length > MOST) thin(history);
}

/**
 * Takes back everything after a step.
 * @param {History} history is changed
 * @param {number} step
 */
export function cut(history, step) {
  const length = history.steps.findLastIndex((one) => one <= step) + 1;
  if (length === history.steps.length) return;
  for (const column of columnsOf(history)) column.length = length;
}

/** @param {History} history */
function thin(history) {
  const last = history.steps.length - 1;
  for (const column of columnsOf(history)) {
    const kept = column.filter((_, i) => i % 2 === 0 || i === last);
    column.splice(0, column.length, ...kept);
  }
}

/** @param {History} history @returns {(number | null)[][]} */
function columnsOf({ norms, ratios, ...plain }) {
  return [...Object.values(plain), ...Object.values(norms), ...Object.values(ratios)];
}

/** @param {Record<string, (number | null)[]>} columns @param {Record<string, any> | null} values @param {number} length */
function push(columns, values, length) {
  for (const name of Object.keys(values ?? {})) columns[name] ??= Array(length - 1).fill(null);
  for (const [name, column] of Object.entries(columns)) column.push(finite(values?.[name]));
}

/** @param {unknown} value */
function finite(value) {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** The gradient check: every gradient against a difference quotient. */

import { computed, signal } from "@preact/signals-core";
import { toNumber } from "../layout/number.js";
import { makeInquiry } from "./inspection.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./inspection.js").Inquiry} Inquiry */
/** @typedef {import("./inspection.js").Result} Result */
/** @typedef {import("../layout/chain.js").Entry} Entry */
/** @typedef {ReturnType<typeof createCheck>} Check */
/** @typedef {import("../api/schema.js").components["schemas"]["GradientCheckAnswer"]} Report */
/** @typedef {import("../api/schema.js").components["schemas"]["CheckedEntry"]} CheckedEntry */
/** @typedef {Omit<import("../api/schema.js").components["schemas"]["CurvePoint"], "h"> & {h: number}} CurvePoint */
/** @typedef {"name" | "analytic" | "numeric" | "relative_error"} Column */

/** @param {Store} store */
export function createCheck({ state }) {
  const open = signal(false);
  const sorted = signal(/** @type {{column: Column, down: boolean}} */ ({ column: "name", down: false }));
  /** The entry whose curve is shown, by name; the worst until one is chosen. */
  const chosen = signal(/** @type {string | null} */ (null));
  const answered = signal(/** @type {{about: Inquiry, result: Result} | null} */ (null));
  const charted = signal(/** @type {{about: Inquiry, result: Result} | null} */ (null));

  const asked = computed(() => (open.value ? makeInquiry(state.trace.value, "/networks/gradient-check") : null));
  const result = computed(() => read(answered.value, asked.value));
  const report = computed(() => /** @type {Report | null} */ (result.value && "answer" in result.value ? result.value.answer : null));
  const problem = computed(() => (result.value && "problem" in result.value ? result.value.problem : null));
  const entry = computed(() => {
    const entries = report.value?.entries ?? [];
    return entries.find((one) => nameEntry(one) === chosen.value) ?? findWorst(entries);
  });
  const askedCurve = computed(() => {
    const one = entry.value;
    return asked.value && one ? makeInquiry(state.trace.value, "/networks/gradient-check", { curve: { node: one.parameter, index: one.index } }) : null;
  });
  const curve = computed(() => {
    const found = read(charted.value, askedCurve.value);
    return found && "answer" in found ? readCurve(found.answer) : null;
  });
  const entries = computed(() => sortEntries(report.value?.entries ?? [], sorted.value));

  return {
    open,
    sorted,
    report,
    problem,
    entry,
    entries,
    curve,
    /** What the dialog needs, as two questions: the table, and the curve of one entry. */
    table: {
      asked,
      receive: (/** @type {Result} */ answer, /** @type {Inquiry} */ about) => void (answered.value = { about, result: answer }),
    },
    chart: {
      asked: askedCurve,
      receive: (/** @type {Result} */ answer, /** @type {Inquiry} */ about) => void (charted.value = { about, result: answer }),
    },
    show: () => void (open.value = true),
    close: () => void (open.value = false),
    /** @param {string} name */
    choose: (name) => void (chosen.value = name),
    /** By a column, and the other way round when pressed again. @param {Column} column */
    sort: (column) => void (sorted.value = { column, down: sorted.peek().column === column ? !sorted.peek().down : column !== "name" }),
  };
}

/** @param {{about: Inquiry, result: Result} | null} answered @param {Inquiry | null} asked */
function read(answered, asked) {
  return answered && asked && answered.about.body === asked.body ? answered.result : null;
}

/** @param {Report} report @returns {CurvePoint[]} */
function readCurve({ curve }) {
  return (curve ?? []).map((point) => ({ ...point, h: toNumber(point.h) }));
}

/** @param {Pick<CheckedEntry, "parameter" | "index">} entry */
export function nameEntry({ parameter, index }) {
  return writeEntry({ node: parameter, index });
}

/** @param {Entry} entry */
export function writeEntry({ node, index }) {
  return node + index.map((i) => `[${i}]`).join("");
}

/**
 * The entry that agrees least; one at a kink only where there is no other.
 * @param {readonly CheckedEntry[]} entries
 */
export function findWorst(entries) {
  const smooth = entries.filter(({ kink }) => !kink);
  const error = (/** @type {CheckedEntry} */ { relative_error: value }) => (Number.isNaN(toNumber(value)) ? Infinity : toNumber(value));
  return (smooth.length ? smooth : entries).reduce((/** @type {CheckedEntry | null} */ worst, one) => (worst && error(worst) >= error(one) ? worst : one), null);
}

/**
 * By a column; by name means in the order in which they came.
 * @param {readonly CheckedEntry[]} entries
 * @param {{column: Column, down: boolean}} sorted
 */
export function sortEntries(entries, { column, down }) {
  const order = [...entries];
  if (column !== "name") order.sort((a, b) => compare(toNumber(a[column]), toNumber(b[column])));
  return down ? order.reverse() : order;
}

/** Numbers that are none come last as the largest do. @param {number} a @param {number} b */
function compare(a, b) {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

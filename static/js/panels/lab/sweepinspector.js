/** What a sweep tells: a sentence about all of it, and the numbers of the chosen point. */

import { readEdge } from "../../layout/lab/edge.js";
import { tellLeft } from "../../layout/lab/words.js";
import { formatNumber, toNumber } from "../../layout/number.js";
import { listValues } from "../../state/lab/grid.js";
import { h } from "../dom.js";
import { card, facts, focus, known, spread } from "./facts.js";
import { writeNumber } from "./theory.js";

/** @typedef {import("../../state/lab/store.js").Lab} Lab */

/** Why a sweep ended before its time. @type {Record<string, string>} */
const ENDS = {
  time_limit: "The time for one sweep is over. What was measured is kept: go on from there.",
  draining: "The server is about to restart. What was measured is kept: go on in a moment.",
  no_scheduler: "Whatever runs the trials does not answer. Try again later.",
  problem: "Something went wrong on the way. What was measured is kept: go on from there.",
  lost: "The connection was lost. What was measured is kept: go on from there.",
};

/** @param {Pick<Lab, "state">} lab */
export function tellSweep({ state }) {
  const { x, y } = read(state.swept.value.sweep, state.catalog);
  const points = state.points.value;
  const count = points.filter(Boolean).length;
  if (state.stale.value && !state.sweeping.value) return "This was measured with other settings than those on the left. Press Measure to draw it anew.";
  if (state.sweeping.value) return count === 0 ? "The first trials are under way." : `${count} of ${x.values.length * y.values.length} points are measured.`;
  if (state.ended.value && ENDS[state.ended.value]) return ENDS[state.ended.value];
  if (count === 0) return "Every point of this map is a network of its own, measured under several seeds. Press Measure.";
  const { kind, along, crossings } = readEdge({ points, x, y });
  const middle = crossings[Math.floor(crossings.length / 2)];
  const where = {
    line: () => ` Theory has the edge of chaos at ${nameEdge(middle, along === "x" ? x : y, along)}: there \u03c7\u2081 is 1, and gradients reach deepest.`,
    marks: () => (state.shown.value === "map" ? " The short lines are where theory has the edge of chaos: there \u03c7\u2081 is 1, and gradients reach deepest." : ""),
    none: () => (x.named && y.named ? "" : " Theory knows no edge of chaos in this range."),
  }[kind]();
  const seen = state.shown.value === "map" ? "Blue loses the gradient on its way, orange makes more of it." : "Under 1 the gradient is lost on its way, above 1 there is more of it in the end.";
  return `${seen}${where}`;
}

/**
 * @param {import("../../layout/lab/edge.js").Crossing} at
 * @param {import("../../layout/lab/sweep.js").SweepAxis} axis
 * @param {"x" | "y"} along
 */
function nameEdge(at, { label, values }, along) {
  const place = at[along];
  const i = Math.floor(place);
  return `${label} = ${formatNumber(values[i] + (place - i) * ((values[i + 1] ?? values[i]) - values[i]))}`;
}

/** @param {Pick<Lab, "state" | "actions">} lab @param {number | null} point */
export function tellPoint({ state, actions }, point) {
  const { x, y } = read(state.swept.value.sweep, state.catalog);
  const rows = y.values.length;
  const found = point === null ? undefined : state.points.value[point];
  if (point === null || !found) {
    return [
      h("h2", {}, "A point of the map"),
      h("p", { class: "quiet" }, point === null ? "Select a point to see its numbers beside theory, and to open its network layer by layer." : "This point is not measured yet."),
      h("h2", {}, "The edge of chaos"),
      card([{ latex: "\\chi_1 = \\sigma_w^2 \\, \\mathbb{E}\\,\\varphi'\\!\\left(\\sqrt{q^*}\\, \\xi\\right)^2 = 1" }]),
      h("p", { class: "quiet" }, "Where \u03c7\u2081 is below 1 gradients vanish with depth, above 1 they explode (Schoenholz et al. 2017)."),
    ];
  }
  const ratio = found.log10_ratio;
  return [
    h("h2", {}, "A point of the map"),
    focus("\\log_{10} \\frac{\\lVert \\partial L / \\partial z^{(1)} \\rVert}{\\lVert \\partial L / \\partial z^{(L)} \\rVert} =", ratio ? formatNumber(ratio.mean) : "?", ratio ? tellLeft(10 ** toNumber(ratio.mean)) : "all trials failed"),
    facts([
      [x.label, x.texts[Math.floor(point / rows)]],
      [y.label, y.texts[point % rows]],
      ["measured", ratio ? spread(ratio) : "\u2013"],
      ["by theory", known(found.predicted_log10_ratio)],
      ["phase", found.phase ?? "\u2013"],
      ...(found.failed ? /** @type {[string, string][]} */ ([["trials that failed", String(found.failed)]]) : []),
    ]),
    found.chi_1 === null
      ? h("p", { class: "quiet hint" }, `No fixed point: ${found.unknown ?? "unknown"}.`)
      : card([{ latex: `\\sigma_w = ${writeNumber(found.sigma_w)}, \\quad q^* = ${writeNumber(found.q_star)}, \\quad \\chi_1 = ${writeNumber(found.chi_1)}` }]),
    h("button", { type: "button", class: "add", onclick: () => actions.openPoint(point) }, "Open layer by layer"),
  ];
}

/** @param {import("../../state/lab/grid.js").SweepForm} sweep @param {import("../../state/lab/form.js").LabCatalog} catalog */
function read(sweep, catalog) {
  return { x: listValues(sweep.x, catalog), y: listValues(sweep.y, catalog) };
}

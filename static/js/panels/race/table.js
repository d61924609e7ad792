/** The race as tables: every loss by step, and the way of the racer in focus. */

import { effect } from "@preact/signals-core";
import { formatNumber } from "../../layout/number.js";
import { countSteps } from "../../layout/race/runs.js";
import { h } from "../dom.js";

/** @typedef {import("../../state/race/store.js").Race} Race */

const MOST_ROWS = 400;

/** @param {HTMLElement} element @param {Race} race */
export function mountRaceTable(element, { state, derived }) {
  effect(() => {
    if (state.view.value !== "table") return;
    const [runs, steps, run] = [derived.runs.value, derived.steps.value, derived.focused.value];
    const names = state.surface.value?.answer.names ?? ["x", "y"];
    const rows = Array.from({ length: Math.min(steps + 1, MOST_ROWS) }, (_, step) => step);
    const more = steps + 1 - rows.length;
    const loss = rows.map((step) => h("tr", {}, h("th", { scope: "row" }, String(step)), ...runs.map(({ way }) => number(way.losses[step], way.reason === "diverged" && step === countSteps(way) + 1))));
    const tables = [build(`Loss after each step${more > 0 ? ` (the first ${MOST_ROWS}; the API has them all)` : ""}`, ["step", ...runs.map(({ name }) => name)], loss)];
    if (run) {
      const way = run.way.path.slice(0, MOST_ROWS).map(([x, y], step) => h("tr", {}, h("th", { scope: "row" }, String(step)), number(x), number(y), number(run.way.losses[step])));
      tables.push(build(`Way of ${run.name}`, ["step", ...names, "loss"], way));
    }
    element.replaceChildren(...tables);
  });
}

/** @param {number | string | undefined} value @param {boolean} [lost] */
function number(value, lost = false) {
  if (lost) return h("td", {}, "diverged");
  return value === undefined ? h("td", {}) : h("td", { title: String(value) }, formatNumber(value, { digits: 6 }));
}

/** @param {string} caption @param {string[]} heads @param {HTMLElement[]} rows */
function build(caption, heads, rows) {
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))), h("tbody", {}, ...rows)),
  );
}

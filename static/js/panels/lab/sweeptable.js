/** A sweep as a table, a row per point. */

import { formatNumber } from "../../layout/number.js";
import { listValues } from "../../state/lab/grid.js";
import { h } from "../dom.js";

/** @param {Pick<import("../../state/lab/store.js").Lab, "state" | "actions">} lab */
export function makeSweepTable({ state, actions }) {
  const { sweep } = state.swept.value;
  const [x, y] = [sweep.x, sweep.y].map((axis) => listValues(axis, state.catalog));
  const rows = y.values.length;
  const selected = state.selected.value;
  const cell = (/** @type {import("../../layout/trace.js").Num | null | undefined} */ value) => (value === null || value === undefined ? h("td", {}, "\u2013") : h("td", { title: String(value) }, formatNumber(value, { digits: 4 })));
  const body = state.points.value.flatMap((point) => {
    if (!point) return [];
    const name = `${x.texts[Math.floor(point.point / rows)]}, ${y.texts[point.point % rows]}`;
    return [
      h(
        "tr",
        { class: point.point === selected ? "selected" : "" },
        h("th", { scope: "row" }, h("button", { type: "button", "aria-pressed": String(point.point === selected), onclick: () => actions.select(point.point) }, name)),
        cell(point.log10_ratio?.mean),
        cell(point.log10_ratio?.std),
        cell(point.predicted_log10_ratio),
        cell(point.chi_1),
        cell(point.q_star),
        h("td", {}, point.phase ?? "\u2013"),
      ),
    ];
  });
  const caption = body.length ? "Decimal logarithm of what is left of the gradient at layer 1" : "Nothing is measured yet";
  const heads = [`${x.label}, ${y.label}`, "log ratio", "spread", "theory", "\u03c7\u2081", "q*", "phase"];
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))), h("tbody", {}, ...body)));
}

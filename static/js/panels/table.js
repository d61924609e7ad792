/** The run as tables: the same numbers, for those who would rather read than look. */

import { computed, effect } from "@preact/signals-core";
import { formatNumber } from "../layout/number.js";
import { h } from "./dom.js";
import { listTables } from "./rows.js";
import { isReached } from "./rules.js";

/** @typedef {import("../state/store.js").Store} Store */
/** @typedef {import("../layout/trace.js").Trace} Trace */
/** @typedef {import("./rows.js").Table} Table */

const MOST_ROWS = 400;

/**
 * @param {HTMLElement} element
 * @param {Store} store
 */
export function mountTable(element, store) {
  const { state, actions } = store;
  const beats = computed(() => Math.floor(state.playhead.value));
  effect(() => {
    if (state.view.value !== "table") return;
    const trace = state.trace.value;
    const top = element.scrollTop;
    const selected = state.selection.value;
    element.replaceChildren(...listTables(trace).map((table) => build(trace, beats.value, table, selected, actions.select)));
    element.scrollTop = top;
  });
}

/**
 * @param {Trace} trace @param {number} playhead @param {Table} table
 * @param {string | null} selected @param {(id: string) => void} select
 */
function build(trace, playhead, { caption, heads, rows }, selected, select) {
  const body = rows.slice(0, MOST_ROWS).map(({ id, name, cells }) =>
    h(
      "tr",
      { class: id === selected ? "selected" : "" },
      h("th", { scope: "row" }, h("button", { type: "button", "aria-pressed": String(id === selected), onclick: () => select(id) }, name)),
      ...cells.map(({ value, at, sign }) => {
        if (value === null || value === undefined) return h("td", {});
        if (!isReached(trace, playhead, at)) return h("td", { class: "unreached", "aria-label": "not computed yet" }, "–");
        return h("td", { title: String(value) }, formatNumber(value, { digits: 6, sign }));
      }),
    ),
  );
  const more = rows.length - body.length;
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h(
      "table",
      {},
      h("caption", {}, more > 0 ? `${caption} (the first ${MOST_ROWS} of ${rows.length}; the API has them all)` : caption),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "name"), ...heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...body),
    ),
  );
}

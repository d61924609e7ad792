/** What can be looked at in the middle: the open views, and the numbers as tables. */

import { listViews } from "../views/index.js";

/** @param {any} spec @returns {{id: string, title: string}[]} */
export function listTabs(spec) {
  return [...listViews(spec).map(({ id, title }) => ({ id, title })), { id: "table", title: "Table" }];
}

/**
 * The one that is on: what was chosen, or the first where that is closed.
 * @param {import("../state/state.js").State} state
 */
export function findTab({ network, view }) {
  const tabs = listTabs(network.value.spec);
  return (tabs.find(({ id }) => id === view.value) ?? tabs[0]).id;
}

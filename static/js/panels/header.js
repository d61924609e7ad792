/** The header: brand, rooms, theme, help; and the tabs over the stage. */

import { effect } from "@preact/signals-core";
import { makeLink } from "../state/effects.js";
import { h, icon, part } from "./dom.js";
import { showHelp } from "./help.js";
import { makeRooms } from "./rooms.js";
import { makeShare } from "./share.js";
import { findTab, listTabs } from "./tabs.js";
import { makeHelpTool, makeTools } from "./tools.js";

/** @typedef {import("../state/store.js").Store} Store */

/**
 * @typedef {object} Page what a room has of its own
 * @property {{readonly value: boolean}} [canUndo]
 * @property {{readonly value: boolean}} [canRedo]
 * @property {() => void} [undo]
 * @property {() => void} [redo]
 * @property {() => ReturnType<typeof makeLink>} [link] to what is on the screen
 * @property {() => string} [inspector] the panel that opens as the inspector's sheet
 * @property {[string[], string][]} [keys] for its list of keys
 */

/** @param {Store} store @param {Page} [page] */
export function mountHeader(store, page = {}) {
  const { state, actions } = store;
  const tools = makeTools({
    canUndo: page.canUndo ?? state.canUndo,
    canRedo: page.canRedo ?? state.canRedo,
    undo: page.undo ?? actions.undo,
    redo: page.redo ?? actions.redo,
    theme: state.theme,
    setTheme: actions.setTheme,
    inspector: page.inspector,
    share: makeShare(page.link ?? (() => makeLink(store))),
  });
  part("header").append(...makeRooms(), ...tools, makeHelpTool(() => showHelp(page.keys)));
  mountTabs(store);
}

/** The unit whose own graph is on the stage. @param {Pick<Store, "state" | "actions">} store */
function makeOpened({ state, actions }) {
  const name = h("span", {});
  const close = h("button", { type: "button", "aria-label": "Back to the whole graph", title: "Back to the whole graph", onclick: () => actions.open(null) }, icon("M6 6l12 12M18 6 6 18"));
  const chip = h("div", { class: "opened" }, name, close);
  effect(() => {
    const [, layer, index] = /^layer(\d+)\[(\d+)\]$/.exec(state.opened.value ?? "") ?? [];
    chip.hidden = layer === undefined || findTab(state) !== "graph";
    name.textContent = `Layer ${layer}, unit ${Number(index) + 1}`;
  });
  return chip;
}

/** @param {Store} store */
function mountTabs({ state, actions }) {
  const bar = h("div", { class: "tabs", role: "tablist", "aria-label": "Views", onkeydown: walk });
  part("tabs").append(bar, makeOpened({ state, actions }));
  /** @type {{id: string, title: string}[]} */
  let tabs = [];
  const now = () => tabs.findIndex(({ id }) => id === findTab(state));
  /** @param {KeyboardEvent} event */
  function walk(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (now() + step + tabs.length) % tabs.length;
    actions.setView(tabs[next].id);
    /** @type {HTMLElement} */ (bar.children[next]).focus();
  }
  effect(() => {
    const open = listTabs(state.network.value.spec);
    if (open.length !== tabs.length || open.some(({ id }, i) => id !== tabs[i].id)) {
      tabs = open;
      bar.replaceChildren(...tabs.map(({ id, title }) => h("button", { type: "button", role: "tab", id: `tab-${id}`, onclick: () => actions.setView(id) }, title)));
    }
    [...bar.children].forEach((button, i) => {
      button.setAttribute("aria-selected", String(i === now()));
      button.setAttribute("tabindex", i === now() ? "0" : "-1");
    });
    const view = findTab(state);
    part("stage").hidden = view === "table";
    part("table-view").hidden = view !== "table";
  });
}

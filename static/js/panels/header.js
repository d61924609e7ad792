/** The header: brand, rooms, theme, help; and the tabs over the stage. */

import { effect } from "@preact/signals-core";
import { makeLink } from "../state/effects.js";
import { h, icon, part } from "./dom.js";
import { showHelp } from "./help.js";
import { makeRooms } from "./rooms.js";
import { makeShare } from "./share.js";
import { openSheet } from "./sheets.js";
import { findTab, listTabs } from "./tabs.js";

/** @typedef {import("../state/store.js").Store} Store */

export const SUN = ["M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4", "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z"];
export const MOON = ["M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5Z"];

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
  const { canUndo = state.canUndo, canRedo = state.canRedo, inspector = () => "inspector" } = page;
  const theme = h("button", {
    class: "icon-button",
    type: "button",
    onclick: () => actions.setTheme(state.theme.peek() === "dark" ? "light" : "dark"),
  });
  effect(() => {
    const dark = state.theme.value === "dark";
    theme.setAttribute("aria-label", dark ? "Switch to light" : "Switch to dark");
    theme.replaceChildren(icon(...(dark ? SUN : MOON)));
  });
  const undo = h("button", { class: "icon-button", type: "button", "aria-label": "Undo", onclick: page.undo ?? actions.undo }, icon("M9 14 4 9l5-5", "M4 9h10a6 6 0 0 1 0 12h-3"));
  const redo = h("button", { class: "icon-button", type: "button", "aria-label": "Redo", onclick: page.redo ?? actions.redo }, icon("m15 14 5-5-5-5", "M20 9H10a6 6 0 0 0 0 12h3"));
  effect(() => void (undo.disabled = !canUndo.value));
  effect(() => void (redo.disabled = !canRedo.value));
  part("header").append(
    ...makeRooms(),
    undo,
    redo,
    h(
      "div",
      { class: "sheet-openers" },
      h("button", { class: "icon-button", type: "button", "aria-label": "Open the builder", onclick: () => openSheet("builder") }, icon("M4 7h10M18 7h2M4 17h2M10 17h10", "M16 5v4M8 15v4")),
      h("button", { class: "icon-button", type: "button", "aria-label": "Open the inspector", onclick: () => openSheet(inspector()) }, icon("M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z", "m16 16 4 4")),
    ),
    ...makeShare(page.link ?? (() => makeLink(store))),
    theme,
    h("button", { class: "icon-button help-opener", type: "button", "aria-label": "Keyboard and help", onclick: () => showHelp(page.keys) }, icon("M9 9a3 3 0 1 1 4 2.8c-.7.3-1 .9-1 1.7v.5", "M12 17.5v.1")),
  );
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

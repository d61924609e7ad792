/** The race's header, and the tabs over its picture. */

import { effect } from "@preact/signals-core";
import { h, icon, part } from "../dom.js";
import { MOON, SUN } from "../header.js";
import { makeRooms } from "../rooms.js";
import { openSheet } from "../sheets.js";
import { showRaceHelp } from "./help.js";

/** @typedef {import("../../state/race/store.js").Race} Race */
/** @typedef {import("../../state/race/store.js").RaceView} RaceView */

/** @type {{id: RaceView, title: string}[]} */
export const TABS = [
  { id: "map", title: "Map" },
  { id: "table", title: "Table" },
];

/** @param {Race} race */
export function mountRaceHeader({ state, actions, derived }) {
  const button = (/** @type {string} */ label, /** @type {() => void} */ act, /** @type {string[]} */ ...paths) =>
    h("button", { class: "icon-button", type: "button", "aria-label": label, title: label, onclick: act }, icon(...paths));
  const theme = button("", () => actions.setTheme(state.theme.peek() === "dark" ? "light" : "dark"));
  effect(() => {
    const dark = state.theme.value === "dark";
    const label = dark ? "Switch to light" : "Switch to dark";
    theme.setAttribute("aria-label", label);
    theme.title = label;
    theme.replaceChildren(icon(...(dark ? SUN : MOON)));
  });
  const undo = button("Undo", actions.undo, "M9 14 4 9l5-5", "M4 9h10a6 6 0 0 1 0 12h-3");
  const redo = button("Redo", actions.redo, "m15 14 5-5-5-5", "M20 9H10a6 6 0 0 0 0 12h3");
  effect(() => void (undo.disabled = !state.canUndo.value));
  effect(() => void (redo.disabled = !state.canRedo.value));
  const help = button("Keyboard and help", showRaceHelp, "M9 9a3 3 0 1 1 4 2.8c-.7.3-1 .9-1 1.7v.5", "M12 17.5v.1");
  help.classList.add("help-opener");
  part("header").append(
    ...makeRooms(),
    undo,
    redo,
    h(
      "div",
      { class: "sheet-openers" },
      button("Open the builder", () => openSheet("builder"), "M4 7h10M18 7h2M4 17h2M10 17h10", "M16 5v4M8 15v4"),
      button("Open the inspector", () => openSheet("inspector"), "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z", "m16 16 4 4"),
    ),
    theme,
    help,
  );
  mountTabs({ state, actions, derived });
}

/** @param {Pick<Race, "state" | "actions" | "derived">} race */
function mountTabs({ state, actions, derived }) {
  const now = () => TABS.findIndex(({ id }) => id === state.view.value);
  const bar = h("div", { class: "tabs", role: "tablist", "aria-label": "Views", onkeydown: walk }, ...TABS.map(({ id, title }) => h("button", { type: "button", role: "tab", id: `tab-${id}`, onclick: () => actions.setView(id) }, title)));
  const busy = h("p", { class: "busy", role: "status" });
  part("tabs").append(bar, busy);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  effect(() => {
    clearTimeout(timer);
    const text = derived.pending.value && !derived.problem.value ? "Measuring\u2026" : "";
    // What takes no time needs no word.
    if (text) timer = setTimeout(() => void (busy.textContent = text), 400);
    else busy.textContent = "";
  });
  /** @param {KeyboardEvent} event */
  function walk(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (now() + step + TABS.length) % TABS.length;
    actions.setView(TABS[next].id);
    /** @type {HTMLElement} */ (bar.children[next]).focus();
  }
  effect(() => {
    [...bar.children].forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === now()));
      tab.setAttribute("tabindex", i === now() ? "0" : "-1");
    });
    part("stage").hidden = state.view.value === "table";
    part("table-view").hidden = state.view.value !== "table";
  });
}

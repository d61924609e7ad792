/** The race's header, and the tabs over its picture. */

import { effect } from "@preact/signals-core";
import { h, part } from "../dom.js";
import { makeRaceLink } from "../../state/race/link.js";
import { makeRooms } from "../rooms.js";
import { makeShare } from "../share.js";
import { makeHelpTool, makeTools } from "../tools.js";
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
  const { canUndo, canRedo, theme } = state;
  const { undo, redo, setTheme } = actions;
  const link = async () => {
    const look = { playhead: derived.playhead.peek(), focus: state.focus.peek(), view: state.view.peek() };
    return makeRaceLink(state.setup.peek(), look, state.catalog, location.href);
  };
  part("header").append(...makeRooms(), ...makeTools({ canUndo, canRedo, undo, redo, theme, setTheme, share: makeShare(link) }), makeHelpTool(showRaceHelp));
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

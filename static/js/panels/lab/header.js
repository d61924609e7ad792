/** The lab's header, and the tabs over its picture. */

import { effect } from "@preact/signals-core";
import { QUANTITIES } from "../../layout/lab/quantities.js";
import { h, icon, part } from "../dom.js";
import { makeLabLink } from "../../state/lab/effects.js";
import { makeRooms } from "../rooms.js";
import { makeShare } from "../share.js";
import { makeHelpTool, makeTools } from "../tools.js";
import { showLabHelp } from "./help.js";

/** @typedef {import("../../state/lab/store.js").Lab} Lab */
/** @typedef {import("../../state/lab/store.js").LabView} LabView */
/** @typedef {import("../../state/lab/store.js").Mode} Mode */

/** @type {{id: Mode, title: string}[]} */
export const TABS = [
  { id: "layers", title: "Layers" },
  { id: "time", title: "Time" },
  { id: "sweep", title: "Sweep" },
];
/** @type {{id: LabView, text: string}[]} */
const SWEPT = [
  { id: "map", text: "map" },
  { id: "curves", text: "curves" },
];
const TABLE = { id: "table", text: "all of it as a table" };

/** What there is to choose from. @param {Mode} mode @returns {{label: string, entries: {id: string, text: string}[]}[]} */
function listViews(mode) {
  if (mode === "sweep") return [{ label: "", entries: [...SWEPT, TABLE] }];
  const entries = Object.entries(QUANTITIES).flatMap(([id, { text, time, phase }]) => (mode === "time" && !time ? [] : [{ id, phase, text: mode === "time" ? time : text }]));
  const of = (/** @type {string} */ phase) => entries.filter((entry) => entry.phase === phase);
  return [{ label: "on the way back", entries: of("backward") }, { label: "on the way there", entries: of("forward") }, { label: "", entries: [TABLE] }];
}

/** @param {Lab} lab */
export function mountLabHeader(lab) {
  const { state, actions } = lab;
  const { canUndo, canRedo, theme } = state;
  const { undo, redo, setTheme } = actions;
  const share = makeShare(async () => ({ link: makeLabLink(lab), kept: false }));
  part("header").append(...makeRooms(), ...makeTools({ canUndo, canRedo, undo, redo, theme, setTheme, share }), makeHelpTool(showLabHelp));
  mountTabs({ state, actions });
}

/** @param {Pick<Lab, "state" | "actions">} lab */
function mountTabs({ state, actions }) {
  const now = () => TABS.findIndex(({ id }) => id === state.mode.value);
  const bar = h("div", { class: "tabs", role: "tablist", "aria-label": "What is measured", onkeydown: walk }, ...TABS.map(({ id, title }) => h("button", { type: "button", role: "tab", id: `tab-${id}`, onclick: () => actions.setMode(id) }, title)));
  const view = h("select", { "aria-label": "Shown", onchange: () => actions.setView(/** @type {LabView} */ (view.value)) });
  const classic = h("select", { "aria-label": "Classic", onchange: () => actions.chooseClassic(classic.value) }, h("option", { value: "", disabled: true }, "Your own"), ...state.catalog.classics.map(({ name, title }) => h("option", { value: name }, title)));
  const classics = h("label", { class: "well select one-classic" }, classic, icon("m7 10 5 5 5-5"));
  const busy = h("p", { class: "busy", role: "status" });
  part("tabs").append(bar, h("label", { class: "well select shown" }, view, icon("m7 10 5 5 5-5")), classics, busy);
  effect(() => {
    classic.value = state.classic.value ?? "";
    classics.hidden = state.mode.value !== "layers";
  });
  effect(() => void (busy.textContent = state.pending.value ? "Measuring\u2026" : ""));
  /** @param {KeyboardEvent} event */
  function walk(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (now() + step + TABS.length) % TABS.length;
    actions.setMode(TABS[next].id);
    /** @type {HTMLElement} */ (bar.children[next]).focus();
  }
  effect(() => {
    [...bar.children].forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === now()));
      tab.setAttribute("tabindex", i === now() ? "0" : "-1");
    });
    if (view.dataset.mode !== state.mode.value) {
      view.dataset.mode = state.mode.value;
      view.replaceChildren(
        ...listViews(state.mode.value).flatMap(({ label, entries }) => {
          const options = entries.map(({ id, text }) => h("option", { value: id }, text));
          return label ? [h("optgroup", { label }, ...options)] : options;
        }),
      );
    }
    view.value = state.shown.value;
    part("stage").hidden = state.shown.value === "table";
    part("table-view").hidden = state.shown.value !== "table";
  });
}

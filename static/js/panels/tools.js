/** What every room's header has: undo and redo, the openers of its sheets, the theme. */

import { effect } from "@preact/signals-core";
import { h, icon } from "./dom.js";
import { openSheet } from "./sheets.js";

const SUN = ["M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4", "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z"];
const MOON = ["M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5Z"];

/**
 * @typedef {object} Doing
 * @property {{readonly value: boolean}} canUndo
 * @property {{readonly value: boolean}} canRedo
 * @property {() => void} undo
 * @property {() => void} redo
 * @property {{readonly value: "light" | "dark"}} theme
 * @property {(theme: "light" | "dark") => void} setTheme
 * @property {() => string} [inspector] the panel that opens as the inspector's sheet
 * @property {HTMLElement[]} [share]
 */

/**
 * @param {Doing} doing
 * @returns {HTMLElement[]}
 */
export function makeTools({ canUndo, canRedo, undo, redo, theme, setTheme, inspector = () => "inspector", share = [] }) {
  const back = makeTool("Undo", undo, "M9 14 4 9l5-5", "M4 9h10a6 6 0 0 1 0 12h-3");
  const again = makeTool("Redo", redo, "m15 14 5-5-5-5", "M20 9H10a6 6 0 0 0 0 12h3");
  effect(() => void (back.disabled = !canUndo.value));
  effect(() => void (again.disabled = !canRedo.value));
  const light = makeTool("", () => setTheme(theme.value === "dark" ? "light" : "dark"));
  effect(() => {
    const dark = theme.value === "dark";
    name(light, dark ? "Switch to light" : "Switch to dark");
    light.replaceChildren(icon(...(dark ? SUN : MOON)));
  });
  const sheets = h(
    "div",
    { class: "sheet-openers" },
    makeTool("Open the builder", () => openSheet("builder"), "M4 7h10M18 7h2M4 17h2M10 17h10", "M16 5v4M8 15v4"),
    makeTool("Open the inspector", () => openSheet(inspector()), "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z", "m16 16 4 4"),
  );
  return [back, again, sheets, ...share, light];
}

/** @param {() => void} show */
export function makeHelpTool(show) {
  const button = makeTool("Keyboard and help", show, "M9 9a3 3 0 1 1 4 2.8c-.7.3-1 .9-1 1.7v.5", "M12 17.5v.1");
  button.classList.add("help-opener");
  return button;
}

/** @param {string} label @param {() => void} act @param {string[]} paths */
function makeTool(label, act, ...paths) {
  const button = h("button", { class: "icon-button", type: "button", onclick: act }, icon(...paths));
  name(button, label);
  return button;
}

/** @param {HTMLButtonElement} button @param {string} label */
function name(button, label) {
  button.setAttribute("aria-label", label);
  button.title = label;
}

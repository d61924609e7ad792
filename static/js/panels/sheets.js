/** On narrow windows the panels are sheets that open over the stage. */

import { h, icon, part } from "./dom.js";

/** Panels that are sheets. */
let sheets = ["builder", "inspector"];

/** @type {HTMLElement | null} */
let opener = null;

/** Give every panel its close button. @param {string[]} [ids] */
export function mountSheets(ids = sheets) {
  sheets = ids;
  for (const id of sheets) {
    part(id).prepend(
      h("button", { class: "icon-button sheet-close", type: "button", "aria-label": `Close the ${id}`, onclick: closeSheets }, icon("M6 6l12 12M18 6 6 18")),
    );
  }
}

/** @param {string} id */
export function openSheet(id) {
  opener = /** @type {HTMLElement | null} */ (document.activeElement);
  for (const other of sheets) part(other).classList.toggle("open", other === id);
  /** @type {HTMLElement | null} */ (part(id).querySelector(".sheet-close"))?.focus();
}

/** @returns {boolean} whether one was open */
export function closeSheets() {
  const open = sheets.map(part).filter((sheet) => sheet.classList.contains("open"));
  for (const sheet of open) sheet.classList.remove("open");
  if (open.length) opener?.focus();
  opener = null;
  return open.length > 0;
}

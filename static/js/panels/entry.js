/** Where what is selected is several numbers: which of them is asked about. */

import { effect } from "@preact/signals-core";
import { h, icon } from "./dom.js";

/** @typedef {import("../state/inspection.js").Inspection} Inspection */

/**
 * @param {Inspection} inspection
 * @returns {HTMLElement}
 */
export function makeEntry(inspection) {
  const select = h("select", { "aria-label": "Entry", onchange: () => inspection.choosePlace(select.value) });
  const section = h("section", { class: "entry" }, h("h2", {}, "One entry of it"), h("div", { class: "well select" }, select, icon("m7 10 5 5 5-5")));
  let made = "";
  effect(() => {
    const chosen = inspection.chosen.value;
    section.hidden = !chosen || chosen.places.length === 0;
    if (!chosen || section.hidden) return;
    const names = chosen.places.map((place) => chosen.entry.node + place);
    if (made !== names.join()) select.replaceChildren(...chosen.places.map((place, i) => h("option", { value: place }, names[i])));
    made = names.join();
    select.value = chosen.place;
  });
  return section;
}

/** In the inspector: how the selected weight's gradient became its step, line by line. */

import { effect } from "@preact/signals-core";
import { makeDerivation } from "./derivation.js";
import { h } from "./dom.js";

/**
 * @param {import("../state/derivation.js").Derivation} derivation
 * @param {{readonly value: boolean}} learned whether the update is over
 * @returns {HTMLElement}
 */
export function makeUpdated(derivation, learned) {
  const body = h("div", {});
  const title = h("h2", {});
  const section = h("section", { id: "updated" }, title, body);
  effect(() => {
    const step = derivation.step.value;
    section.hidden = step === null || !learned.value;
    if (step === null || section.hidden) return;
    title.textContent = `How the gradient became step ${step.t}`;
    body.replaceChildren(makeDerivation([step], derivation.kept.value));
  });
  return section;
}

/** A number and a slider for every name of the formula. */

import { computed, effect } from "@preact/signals-core";
import { snap, stepOf } from "../../layout/axes.js";
import { h } from "../dom.js";
import { numberField } from "../fields.js";

/** @typedef {import("../../state/store.js").Store} Store */
/** @typedef {import("../../state/playground.js").Playground} Playground */

/**
 * @param {Store} store
 * @param {Playground} playground
 * @returns {HTMLElement}
 */
export function makeValues({ state, actions }, playground) {
  const rows = h("div", { class: "values" });
  const structure = computed(() => [...playground.names.value.keys()].join());
  /** @type {(() => void)[]} */
  let disposers = [];
  effect(() => {
    void structure.value;
    for (const dispose of disposers) dispose();
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const kept = focused && rows.contains(focused) ? focused.getAttribute("aria-label") : null;
    const made = [...playground.names.peek().keys()].map(makeRow);
    disposers = made.map(({ dispose }) => dispose);
    rows.replaceChildren(...made.map(({ element }) => element));
    if (kept) /** @type {HTMLElement | null} */ (rows.querySelector(`[aria-label="${CSS.escape(kept)}"]`))?.focus();
  });
  return rows;

  /** @param {string} name */
  function makeRow(name) {
    const now = () => playground.names.value.get(name) ?? { value: 0, learns: false };
    const number = numberField({
      label: name,
      name: `Value of ${name}`,
      pointer: `/inputs/${name}`,
      read: () => now().value,
      commit: (value) => actions.setValue(name, value),
    });
    const slider = h("input", {
      type: "range",
      class: "slider",
      "aria-label": `Slide ${name}`,
      oninput: () => playground.slide(name, snap(Number(slider.value), Number(slider.max))),
      onchange: playground.settle,
    });
    const learns = h("button", {
      type: "button",
      class: "learns",
      title: "A parameter is moved by the update, an input is given. Press to change it",
      onclick: () => actions.setLearning(name, !now().learns),
    });
    const stopSlider = effect(() => {
      const reach = playground.reaches.value.get(name) ?? 5;
      const { value } = now();
      // A hand that is ahead of the answers keeps its place.
      if (playground.sliding.value === name && document.activeElement === slider) return paint(slider);
      [slider.min, slider.max, slider.step] = [-reach, reach, stepOf(reach)].map(String);
      slider.value = String(value);
      paint(slider);
    });
    const stopLearns = effect(() => {
      const role = now().learns ? "parameter" : "input";
      learns.textContent = role;
      learns.dataset.role = role;
      learns.setAttribute("aria-label", `${name}: ${role}`);
    });
    const [light, dim] = [() => actions.hover(name), () => actions.hover(null)];
    const element = h(
      "div",
      { class: "value", "data-name": name, onpointerenter: light, onpointerleave: dim, onfocusin: light, onfocusout: dim },
      number.element,
      learns,
      slider,
    );
    const stopLit = effect(() => void element.classList.toggle("lit", state.hover.value === name));
    const dispose = () => [number.dispose, stopSlider, stopLearns, stopLit].forEach((stop) => stop());
    return { element, dispose };
  }
}

/** The track is filled from zero to the value, in the color of its sign. @param {HTMLInputElement} slider */
function paint(slider) {
  const share = (Number(slider.value) / Number(slider.max) + 1) / 2;
  const [from, to] = share < 0.5 ? [share, 0.5] : [0.5, share];
  slider.style.setProperty("--from", `${100 * from}%`);
  slider.style.setProperty("--to", `${100 * to}%`);
  slider.style.setProperty("--sign", share < 0.5 ? "var(--negative)" : "var(--positive)");
}

/** How many steps the gradient goes back: a slider over the picture of time. */

import { effect } from "@preact/signals-core";
import { h, part } from "./dom.js";
import { findTab } from "./tabs.js";

/** @typedef {import("../state/store.js").Store} Store */

/** The view in which the cuts are seen. */
const TIME = "time";

/** @param {Store} store */
export function mountTruncation({ state, actions }) {
  const value = h("output", { class: "value", for: "truncation" });
  const slider = h("input", { type: "range", id: "truncation", min: "1", step: "1", "aria-label": "Truncation: steps that the gradient goes back" });
  const element = h("label", { class: "truncation" }, h("span", { class: "name" }, "Truncate"), slider, value);
  /** The newest place of a hand that is faster than the answers. @type {number | null} */
  let held = null;
  const steps = () => state.inputs.value[0].length;
  const put = (/** @type {number} */ at) => actions.changeSpec((spec) => ({ ...spec, truncate: at < steps() ? at : null }), TIME);
  const tell = (/** @type {number} */ at) => {
    const off = at >= steps();
    value.textContent = off ? "off" : `${at} ${at === 1 ? "step" : "steps"}`;
    slider.setAttribute("aria-valuetext", off ? "off: the gradient goes all the way back" : `${at} of ${steps()} steps`);
    slider.style.setProperty("--to", `${steps() > 1 ? (100 * (at - 1)) / (steps() - 1) : 100}%`);
  };
  slider.addEventListener("input", () => {
    tell(slider.valueAsNumber);
    if (state.pending.peek()) held = slider.valueAsNumber;
    else put(slider.valueAsNumber);
  });
  slider.addEventListener("change", () => {
    if (held !== null) put(held);
    held = null;
    actions.settle();
  });
  // The arrows are its own while it has the focus.
  slider.addEventListener("keydown", (event) => event.stopPropagation());
  part("tabs").after(element);
  effect(() => {
    if (state.pending.value || held === null) return;
    const next = held;
    held = null;
    queueMicrotask(() => put(next));
  });
  effect(() => {
    element.hidden = findTab(state) !== TIME;
    if (element.hidden) return;
    const at = Math.min(state.network.value.spec.truncate ?? steps(), steps());
    slider.max = String(steps());
    slider.disabled = steps() < 2;
    if (held !== null) return;
    slider.value = String(at);
    tell(at);
  });
}

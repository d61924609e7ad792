/** A number with a slider beneath it. */

import { effect } from "@preact/signals-core";
import { roundUp } from "../../layout/axes.js";
import { h } from "../dom.js";
import { numberField } from "../fields.js";

/** @typedef {import("../options.js").Field} Field */
/**
 * @typedef {object} SliderOptions
 * @property {string | Node} label
 * @property {string} name
 * @property {string} [pointer]
 * @property {() => number} read
 * @property {(value: number) => void} commit what is typed
 * @property {(value: number) => void} slide what a hand passes
 * @property {() => void} settle the hand lets go
 * @property {number} from
 * @property {number} to a number that is typed may go further
 * @property {number} step
 * @property {boolean} [integer]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [above]
 * @property {number} [mark] a value to point out on the track
 * @property {boolean} [logarithmic] the slider goes over powers of ten
 */

/** @param {SliderOptions} options @returns {Field} */
export function sliderField(options) {
  const { from, to, step, slide, settle, name, mark, logarithmic } = options;
  const read = () => (logarithmic ? Math.log10(options.read()) : options.read());
  const number = numberField(options);
  const slider = h("input", {
    type: "range",
    class: "slider",
    "aria-label": `Slide ${name.toLowerCase()}`,
    min: from,
    step,
    oninput: () => slide(Number((logarithmic ? 10 ** Number(slider.value) : Number(slider.value)).toPrecision(logarithmic ? 3 : 12))),
    onchange: settle,
  });
  const stop = effect(() => {
    const value = read();
    const end = value > to && !logarithmic ? roundUp(value) : to;
    slider.max = String(end);
    slider.value = String(value);
    if (logarithmic) slider.setAttribute("aria-valuetext", String(options.read()));
    const share = (Number(slider.value) - from) / (end - from);
    slider.style.setProperty("--from", "0%");
    slider.style.setProperty("--to", `${100 * share}%`);
    slider.style.setProperty("--sign", "var(--ink-3)");
    if (mark !== undefined) slider.style.setProperty("--mark", String((mark - from) / (end - from)));
  });
  const element = h("div", { class: `sliding${mark === undefined ? "" : " marked"}` }, number.element, slider);
  return { element, dispose: () => [number.dispose, stop].forEach((end) => end()) };
}

/** @param {string} letter @param {string} index */
export function symbol(letter, index) {
  return h("span", { class: "math" }, letter, h("sub", {}, index));
}

/** @param {string} title @param {...(Node | string)} children */
export function section(title, ...children) {
  return h("section", {}, h("h2", {}, title), ...children);
}

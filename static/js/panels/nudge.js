/** The nudge test: move a number a little, and see the predicted change of the loss beside the actual one. */

import { computed, effect, signal } from "@preact/signals-core";
import { formatNumber, toNumber } from "../layout/number.js";
import { createSvgPainter } from "../render/svg.js";
import { sceneNudge } from "../scene/nudge.js";
import { addUp, nudgeStep } from "../state/nudge.js";
import { h } from "./dom.js";
import { renderFormula } from "./formula.js";

/** @typedef {import("../state/nudge.js").Nudge} Nudge */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {Nudge} nudge
 * @param {{readonly value: boolean}} known whether the gradient is reached
 * @returns {HTMLElement}
 */
export function makeNudge(nudge, known) {
  const symbol = h("span", { class: "symbol" });
  const why = h("p", { class: "quiet" });
  const [value, moved] = [h("span", {}), h("span", { class: "quiet" })];
  const slider = h("input", { type: "range", class: "slider", oninput: () => nudge.move(Number(slider.value)) });
  const [predicted, actual] = [h("dd", {}), h("dd", {})];
  const note = h("p", { class: "quiet", role: "status" });
  const svg = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
  svg.setAttribute("aria-hidden", "true");
  const picture = h("div", { class: "tangent" });
  picture.append(svg);
  const painter = createSvgPainter(svg);
  const size = signal({ width: 0, height: 0 });
  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = picture;
    if (width !== size.peek().width || height !== size.peek().height) size.value = { width, height };
  }).observe(picture);
  const reset = h("button", { type: "button", class: "act", onclick: () => leave(nudge.reset) }, "Reset");
  const keep = h("button", { type: "button", class: "act", onclick: () => leave(nudge.keep) }, "Keep");
  const test = h(
    "div",
    {},
    why,
    h("p", { class: "moved" }, symbol, value, moved),
    slider,
    picture,
    h("dl", { class: "facts" }, h("div", { class: "predicted" }, h("dt", {}, "predicted change"), predicted), h("div", { class: "actual" }, h("dt", {}, "actual change"), actual)),
    note,
    h("div", { class: "pair" }, reset, keep),
  );
  const waiting = h("p", { class: "quiet" }, "Comes once the gradient is known.");
  const section = h("section", { class: "nudge", "aria-label": "Nudge test" }, h("h2", {}, "Nudge it"), waiting, test);

  effect(() => {
    section.hidden = nudge.subject.value === null;
    test.hidden = !known.value;
    waiting.hidden = known.value;
  });
  effect(() => {
    const [subject, reach, delta] = [nudge.subject.value, nudge.reach.value, nudge.delta.value];
    if (!subject) return;
    const before = toNumber(subject.value);
    [slider.min, slider.max, slider.step] = [-reach, reach, nudgeStep(reach)].map(String);
    slider.value = String(delta);
    slider.setAttribute("aria-label", `Nudge ${subject.name}`);
    value.textContent = formatNumber(before, { digits: 4 }) + (delta === 0 ? "" : ` → ${formatNumber(addUp(before, delta), { digits: 4 })}`);
    moved.textContent = delta === 0 ? "" : `by ${formatNumber(delta, { sign: true })}`;
    paint(slider, delta / reach);
    reset.disabled = keep.disabled = delta === 0;
  });
  effect(() => void (why.textContent = `Move it a little: the gradient predicts what ${nudge.goal.value} will do.`));
  const latex = computed(() => nudge.subject.value?.latex ?? "");
  effect(() => renderFormula(symbol, `${latex.value} =`));
  effect(() => {
    const [delta, change] = [nudge.delta.value, nudge.actual.value];
    const guess = nudge.predicted.value;
    write(predicted, delta === 0 ? 0 : guess);
    if (change === null) actual.textContent = "…";
    else write(actual, toNumber(change));
    const told = change === null ? "" : `, predicted change of ${nudge.goal.value} ${formatNumber(guess, { sign: true })}, actual ${formatNumber(change, { sign: true })}`;
    slider.setAttribute("aria-valuetext", `${formatNumber(delta, { sign: true })}${delta === 0 ? ", nothing moved" : told}`);
  });
  effect(() => {
    const problem = nudge.problem.value;
    note.hidden = problem === null;
    note.textContent = problem ? (problem.errors[0]?.detail ?? problem.detail) : "";
  });
  effect(() => {
    const { width, height } = size.value;
    if (width < 40 || height < 40) return;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    painter.draw(sceneNudge({ reach: nudge.reach.value, delta: nudge.delta.value, slope: toNumber(nudge.subject.value?.grad ?? NaN), known: nudge.known.value, of: nudge.goal.value }, { width, height }));
  });
  return section;

  /** A button that is pressed is then disabled; the slider takes its focus. @param {() => void} act */
  function leave(act) {
    act();
    slider.focus();
  }
}

/** @param {HTMLElement} element @param {number} value */
function write(element, value) {
  element.textContent = formatNumber(value, { sign: true });
  element.title = String(value);
}

/** The track is filled from the middle to the hand. @param {HTMLInputElement} slider @param {number} share from -1 to 1 */
function paint(slider, share) {
  const [from, to] = [Math.min(0, share), Math.max(0, share)].map((end) => 50 * (end + 1));
  slider.style.setProperty("--from", `${from}%`);
  slider.style.setProperty("--to", `${to}%`);
  slider.style.setProperty("--sign", "var(--ink)");
}

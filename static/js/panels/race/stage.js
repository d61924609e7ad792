/** The map: heights on a canvas, ways and axes over it, and the start that a hand or keys move. */

import { effect } from "@preact/signals-core";
import { roundUp } from "../../layout/axes.js";
import { formatNumber } from "../../layout/number.js";
import { isInside } from "../../layout/race/frame.js";
import { findStep, paintHeights, sceneAxes, sceneContours, sceneRuns } from "../../scene/race/map.js";
import { createSvgPainter } from "../../render/svg.js";
import { h, part } from "../dom.js";

/** @typedef {import("../../state/race/store.js").Race} Race */

const SVG = "http://www.w3.org/2000/svg";
const HEIGHTS = 6;

/** @param {HTMLElement} stage @param {Race} race */
export function mountRaceStage(stage, race) {
  const { state, actions, derived } = race;
  const canvas = h("canvas", { "aria-hidden": "true" });
  const [ground, ways] = ["ground", "ways"].map((name) => {
    const svg = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
    svg.setAttribute("class", name);
    svg.setAttribute("aria-hidden", "true");
    return svg;
  });
  const handle = h("button", { type: "button", class: "start" }, h("span", {}, "start"));
  const surface = h("div", { class: "stage-surface race" }, canvas, ground, ways, handle, makeLegend(race));
  stage.append(surface);
  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = surface;
    if (width && height) actions.resize(width, height);
  }).observe(surface);
  const painters = { ground: createSvgPainter(ground), ways: createSvgPainter(ways) };

  effect(() => {
    const { width, height } = state.stage.value;
    if (!width) return;
    const { left, top, width: wide, height: tall } = derived.box.value;
    for (const svg of [ground, ways]) svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    // What leaves the map is cut off at its edge.
    ways.style.clipPath = `inset(${top}px ${width - left - wide}px ${height - top - tall}px ${left}px round 10px)`;
    Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${wide}px`, height: `${tall}px` });
  });
  effect(() => {
    const [answer, shares] = [state.surface.value?.answer, derived.shares.value];
    void state.theme.value;
    if (!answer) return;
    paint(canvas, shares, answer.x.length, surface);
  });
  effect(() => {
    const [answer, frame, shares] = [state.surface.value?.answer, derived.frame.value, derived.shares.value];
    if (!answer || !state.stage.value.width) return;
    painters.ground.draw([...sceneContours(shares, answer.x.length, frame), ...sceneAxes(frame, answer.names)]);
    document.documentElement.dataset.surface = String(answer.x.length);
  });
  effect(() => {
    const [frame, runs] = [derived.frame.value, derived.runs.value];
    if (!state.stage.value.width) return;
    const playhead = state.reducedMotion.value ? derived.shown.value : derived.playhead.value;
    painters.ways.draw(sceneRuns(frame, runs, { playhead, focus: derived.focused.value?.lane ?? null, minimum: derived.minimum.value }));
  });
  effect(() => {
    const { px, py } = derived.frame.value;
    const [x, y] = state.setup.value.start;
    const names = state.surface.value?.answer.names ?? ["x", "y"];
    handle.style.transform = `translate(${px(x)}px, ${py(y)}px)`;
    handle.setAttribute("aria-label", `Start, ${names[0]} ${formatNumber(x)}, ${names[1]} ${formatNumber(y)}. Arrow keys move it`);
  });
  listen(surface, handle, race);
}

/** @param {HTMLElement} surface @param {HTMLElement} handle @param {Race} race */
function listen(surface, handle, { state, actions, derived }) {
  let dragging = false;
  const tidy = (/** @type {number} */ value) => {
    const step = roundUp(derived.frame.peek().unit);
    return Number((Math.round(value / step) * step).toPrecision(12));
  };
  /** @param {PointerEvent} event */
  const place = (event) => {
    const { left, top } = surface.getBoundingClientRect();
    const frame = derived.frame.peek();
    const px = Math.min(frame.left + frame.width, Math.max(frame.left, event.clientX - left));
    const py = Math.min(frame.top + frame.height, Math.max(frame.top, event.clientY - top));
    const [x, y] = frame.at(px, py);
    actions.setStart([tidy(x), tidy(y)], true);
  };
  surface.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || /** @type {HTMLElement} */ (event.target).closest(".legend")) return;
    const { left, top } = surface.getBoundingClientRect();
    const [px, py] = [event.clientX - left, event.clientY - top];
    if (!isInside(derived.frame.peek(), px, py)) return;
    const onHandle = /** @type {HTMLElement} */ (event.target).closest(".start") !== null;
    const found = onHandle ? null : findStep(derived.frame.peek(), derived.runs.peek(), px, py);
    if (found) {
      actions.look(found.lane, found.step);
      part("microscope").scrollIntoView({ block: "nearest" });
      return;
    }
    dragging = true;
    surface.setPointerCapture(event.pointerId);
    if (!onHandle) place(event);
  });
  surface.addEventListener("pointermove", (event) => {
    if (dragging) place(event);
  });
  surface.addEventListener("lostpointercapture", () => {
    dragging = false;
    actions.settle();
  });
  handle.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const step = roundUp(derived.frame.peek().unit * (event.shiftKey ? 50 : 5));
    const [x, y] = state.setup.peek().start;
    actions.setStart([Number((x + way[0] * step).toPrecision(12)), Number((y + way[1] * step).toPrecision(12))], true);
    part("narration").textContent = `Start at ${formatNumber(x + way[0] * step)}, ${formatNumber(y + way[1] * step)}`;
  });
  handle.addEventListener("keyup", actions.settle);
}

/** @param {HTMLCanvasElement} canvas @param {number[]} shares @param {number} columns @param {HTMLElement} probe */
function paint(canvas, shares, columns, probe) {
  const rows = shares.length / columns;
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const image = new ImageData(paintHeights(shares, columns, readColors(probe)), columns, rows);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

/** The tokens of the heights as numbers. @param {HTMLElement} probe @returns {[number, number, number][]} */
function readColors(probe) {
  const element = h("i", { hidden: true });
  probe.append(element);
  const colors = Array.from({ length: HEIGHTS }, (_, i) => {
    element.style.color = `var(--height-${i + 1})`;
    const [r, g, b] = (getComputedStyle(element).color.match(/[\d.]+/g) ?? []).map(Number);
    return /** @type {[number, number, number]} */ ([r, g, b]);
  });
  element.remove();
  return colors;
}

/** @param {Race} race */
function makeLegend({ state, actions, derived }) {
  const ends = [0, 0.5, 1].map((share) => ({ share, element: h("span", {}) }));
  const toggle = h("button", { type: "button", class: "scale", onclick: actions.toggleScale });
  effect(() => {
    const log = state.setup.value.scale === "log";
    toggle.textContent = log ? "log" : "linear";
    toggle.setAttribute("aria-label", `${log ? "log" : "linear"} scale of the colors, press for ${log ? "linear" : "log"}`);
    toggle.title = "Scale of the colors";
    for (const { share, element } of ends) element.textContent = state.surface.value ? formatNumber(derived.scale.value.loss(share), { digits: 2 }) : "";
  });
  return h("div", { class: "legend" }, h("span", { class: "what" }, "loss"), h("div", { class: "ramp" }, h("i", { "aria-hidden": "true" }), ...ends.map(({ element }) => element)), toggle);
}

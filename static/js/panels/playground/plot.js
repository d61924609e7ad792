/** The output against one name, with the point to drag along the curve. */

import { effect, signal } from "@preact/signals-core";
import { snap, stepOf } from "../../layout/axes.js";
import { formatNumber, toNumber } from "../../layout/number.js";
import { createSvgPainter } from "../../render/svg.js";
import { framePlot, scenePlot } from "../../scene/playground/plot.js";
import { listNames } from "../../state/expression.js";
import { h, icon } from "../dom.js";

/** @typedef {import("../../state/store.js").Store} Store */
/** @typedef {import("../../state/playground.js").Playground} Playground */
/** @typedef {import("../../scene/playground/plot.js").Sweep} Sweep */

const SVG = "http://www.w3.org/2000/svg";
/** Every so many points of the curve make a row of the table. */
const ROW = 8;

/**
 * @param {Store} store
 * @param {Playground} playground
 * @returns {HTMLElement}
 */
export function makePlot({ state }, playground) {
  const svg = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
  svg.setAttribute("aria-hidden", "true");
  const surface = h("div", { class: "plot", role: "slider", tabindex: "0" });
  surface.append(svg);
  const painter = createSvgPainter(svg);
  const size = signal({ width: 0, height: 0 });
  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = surface;
    if (width !== size.peek().width || height !== size.peek().height) size.value = { width, height };
  }).observe(surface);

  const select = h("select", { "aria-label": "Name under the axis", onchange: () => playground.chooseAxis(select.value) });
  const title = h("span", { class: "label" });
  const gradient = h("p", { class: "gradient" });
  const table = h("table", {});
  const details = h("details", { id: "plot-table", ontoggle: () => tabulate() }, h("summary", {}, "The curve as a table"), table);

  effect(() => {
    const names = listNames(String(state.trace.value.network.spec.expression));
    select.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
    select.value = playground.axis.value;
    title.textContent = `${nameOutput(playground.output.value)} against`;
  });
  effect(() => {
    const [sweep, touch, { width, height }] = [playground.sweep.value, playground.touch.value, size.value];
    if (width < 40 || height < 40) return;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    painter.draw(sweep ? scenePlot(sweep, touch, { width, height }) : []);
  });
  effect(() => {
    const [name, touch, output] = [playground.axis.value, playground.touch.value, nameOutput(playground.output.value)];
    const [x, y, slope] = [touch.x, touch.y, touch.slope].map((value) => formatNumber(value));
    const reach = playground.reaches.value.get(name) ?? 5;
    surface.setAttribute("aria-label", `Value of ${name}, on the curve`);
    surface.setAttribute("aria-valuemin", String(-reach));
    surface.setAttribute("aria-valuemax", String(reach));
    surface.setAttribute("aria-valuenow", String(toNumber(touch.x)));
    surface.setAttribute("aria-valuetext", `${name} = ${x}, ${output} = ${y}, slope ${slope}`);
    const partial = `∂${output === "output" ? "" : output} / ∂${name}`;
    gradient.replaceChildren(h("span", {}, `${partial} = `), h("strong", { title: String(touch.slope) }, formatNumber(touch.slope, { digits: 5, sign: true })));
  });
  effect(tabulate);
  listen(surface, playground, size);

  return h(
    "section",
    { class: "curve", "aria-label": "Plot" },
    h("h2", {}, "Plot"),
    h("div", { class: "against" }, h("label", { class: "well select" }, title, select, icon("m7 10 5 5 5-5")), gradient),
    surface,
    details,
  );

  function tabulate() {
    const sweep = playground.sweep.value;
    if (!sweep || !details.open) return;
    const rows = sweep.x.map((x, i) => /** @type {const} */ ([x, sweep.y[i]])).filter((_, i) => i % ROW === 0);
    table.replaceChildren(
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, sweep.name), h("th", { scope: "col" }, nameOutput(sweep.output)))),
      h("tbody", {}, ...rows.map(([x, y]) => h("tr", {}, h("th", { scope: "row" }, formatNumber(x, { digits: 4 })), h("td", { title: String(y) }, formatNumber(y, { digits: 6 }))))),
    );
  }
}

/**
 * The point follows the pointer and the arrow keys.
 * @param {HTMLElement} surface
 * @param {Playground} playground
 * @param {{peek(): {width: number, height: number}}} size
 */
function listen(surface, playground, size) {
  /** @param {PointerEvent} event */
  const drag = (event) => {
    const sweep = playground.sweep.peek();
    if (!sweep) return;
    const { left, right } = framePlot(sweep, playground.touch.peek(), size.peek());
    const share = (event.clientX - surface.getBoundingClientRect().left - left) / (right - left);
    const value = (2 * Math.min(1, Math.max(0, share)) - 1) * sweep.reach;
    playground.slide(sweep.name, snap(value, sweep.reach));
  };
  surface.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    surface.setPointerCapture(event.pointerId);
    drag(event);
  });
  surface.addEventListener("pointermove", (event) => {
    if (surface.hasPointerCapture(event.pointerId)) drag(event);
  });
  surface.addEventListener("lostpointercapture", playground.settle);
  surface.addEventListener("keydown", (event) => {
    const name = playground.axis.peek();
    const reach = playground.reaches.peek().get(name) ?? 5;
    const step = stepOf(reach);
    const now = toNumber(playground.touch.peek().x);
    const steps = { ArrowRight: step, ArrowUp: step, ArrowLeft: -step, ArrowDown: -step, PageUp: 10 * step, PageDown: -10 * step };
    const by = steps[/** @type {keyof typeof steps} */ (event.key)];
    const ends = { Home: -reach, End: reach };
    const to = by === undefined ? ends[/** @type {keyof typeof ends} */ (event.key)] : snap(now + by, reach);
    if (to === undefined) return;
    event.preventDefault();
    playground.slide(name, to);
  });
  surface.addEventListener("keyup", playground.settle);
}

/** A formula without a name on its left has an output without one. @param {string} id */
function nameOutput(id) {
  return /^n\d+$/.test(id) ? "output" : id;
}

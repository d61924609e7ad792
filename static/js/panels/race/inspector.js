/** The right panel of the race: who is where, the losses, and one step under the microscope. */

import { effect } from "@preact/signals-core";
import { formatNumber } from "../../layout/number.js";
import { rank, tellStanding } from "../../layout/race/runs.js";
import { frameCurves, sceneCurves } from "../../scene/race/curves.js";
import { h } from "../dom.js";
import { makeBadge } from "./badge.js";
import { makeMicroscope } from "./microscope.js";
import { makePicture } from "./picture.js";

/** @typedef {import("../../state/race/store.js").Race} Race */

/** @param {HTMLElement} element @param {Race} race */
export function mountRaceInspector(element, race) {
  element.append(makeRanking(race), makeCurves(race), makeMicroscope(race));
}

/** @param {Race} race */
function makeRanking({ actions, derived }) {
  const list = h("ol", { class: "ranking" });
  effect(() => {
    const standings = rank(derived.runs.value, derived.shown.value);
    const focus = derived.focused.value?.lane;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const kept = focused && list.contains(focused) ? focused.dataset.lane : undefined;
    list.replaceChildren(
      ...standings.map((standing) => {
        const { lane, name, notes } = standing.run;
        const lost = standing.diverged !== null;
        return h(
          "li",
          { class: lost ? "lost" : "" },
          h(
            "button",
            { type: "button", "data-lane": lane, "aria-pressed": String(lane === focus), title: "Look at its steps", onclick: () => actions.look(lane) },
            makeBadge(lane),
            h("span", { class: "who" }, name),
            h("span", { class: "loss", title: String(standing.loss) }, lost ? "diverged" : formatNumber(standing.loss)),
            h("span", { class: "notes" }, h("span", {}, notes), h("span", {}, tellStanding(standing, derived.minimum.value))),
          ),
        );
      }),
    );
    if (kept !== undefined) /** @type {HTMLElement | null} */ (list.querySelector(`[data-lane="${kept}"]`))?.focus();
  });
  return h("section", {}, h("h2", {}, "Who is where"), list);
}

/** @param {Race} race */
function makeCurves({ actions, derived }) {
  const surface = h("div", { class: "losses" });
  const { svg, size, painter } = makePicture(surface, { role: "img" });
  const moment = () => ({ steps: derived.steps.value, playhead: derived.playhead.value, focus: derived.focused.value?.lane ?? null });
  effect(() => {
    const [runs, { width, height }] = [derived.runs.value, size.value];
    if (width < 60 || height < 60) return;
    painter.draw(runs.length ? sceneCurves(runs, moment(), { width, height }) : []);
    svg.setAttribute("aria-label", `Losses over ${derived.steps.value} steps; the table has the numbers`);
  });
  /** @param {PointerEvent} event */
  const scrub = (event) => {
    const frame = frameCurves(derived.runs.peek(), derived.steps.peek(), size.peek());
    actions.setPlayhead(Math.round(frame.step(event.clientX - surface.getBoundingClientRect().left)));
  };
  surface.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    actions.pause();
    surface.setPointerCapture(event.pointerId);
    scrub(event);
  });
  surface.addEventListener("pointermove", (event) => {
    if (surface.hasPointerCapture(event.pointerId)) scrub(event);
  });
  return h("section", {}, h("h2", {}, "Loss by step"), surface);
}

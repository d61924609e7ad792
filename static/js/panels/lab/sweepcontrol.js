/** Under a sweep: start and stop, how far it is, and the table as a file. */

import { effect } from "@preact/signals-core";
import { fetchSweepTable } from "../../state/lab/effects.js";
import { listValues } from "../../state/lab/grid.js";
import { isSame } from "../../state/lab/state.js";
import { h } from "../dom.js";

/** @typedef {import("../../state/lab/store.js").Lab} Lab */

/** @param {Lab} lab */
export function makeSweepControl(lab) {
  const { state, actions } = lab;
  const start = h("button", { type: "button", class: "text-button strong", onclick: () => (state.sweeping.peek() ? actions.stopSweep() : actions.startSweep()) });
  const bar = h("div", { class: "bar" }, h("i", {}));
  const meter = h("div", { class: "progress", role: "progressbar", "aria-label": "Trials done", "aria-valuemin": "0" }, bar);
  const text = h("p", { class: "quiet", "data-part": "progress" });
  const save = h("button", { type: "button", class: "text-button", onclick: () => void download() }, "CSV");
  save.setAttribute("aria-label", "Download as CSV");
  const back = h("button", { type: "button", class: "text-button", onclick: actions.resumeSwept }, "Back to the drawn settings");
  let saving = false;
  effect(() => {
    const progress = state.progress.value;
    const [running, known] = [state.sweeping.value, state.points.value.filter(Boolean).length];
    const stale = state.stale.value;
    const other = !isSame({ form: state.base.value, sweep: state.sweep.value }, state.swept.value);
    const open = (known > 0 || (progress?.done ?? 0) > 0) && !other && state.ended.value !== "done";
    start.textContent = running ? "Stop" : open ? "Go on" : "Measure";
    const share = progress && progress.trials > 0 && (running || !other) ? progress.done / progress.trials : 0;
    /** @type {HTMLElement} */ (bar.firstChild).style.transform = `scaleX(${share})`;
    meter.setAttribute("aria-valuemax", String(progress?.trials ?? 0));
    meter.setAttribute("aria-valuenow", String(other && !running ? 0 : (progress?.done ?? 0)));
    text.textContent = progress && (running || !other) ? tellProgress(progress, running) : running ? "Starting\u2026" : countTrials();
    back.hidden = !stale || running;
    save.disabled = state.ended.value !== "done" || running || saving;
    save.title = save.disabled ? "A row per trial, once all are measured" : "A row per trial";
  });
  return h("div", { class: "sweep-control" }, start, h("div", { class: "far" }, meter, text), back, save);

  function countTrials() {
    const { x, y, seeds } = state.sweep.value;
    const [columns, rows] = [x, y].map((axis) => listValues(axis, state.catalog).values.length);
    return `${columns} \u00d7 ${rows} points, ${seeds} ${seeds === 1 ? "seed" : "seeds"} each: ${columns * rows * seeds} trials`;
  }
  async function download() {
    saving = save.disabled = true;
    const made = await fetchSweepTable(lab);
    saving = save.disabled = false;
    if ("problem" in made) return actions.refuse(made.problem);
    const url = URL.createObjectURL(new Blob([made.text], { type: "text/csv" }));
    h("a", { href: url, download: "gradient-flow.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }
}

/** @param {import("../../state/lab/store.js").Progress} progress @param {boolean} running */
function tellProgress({ done, trials, failed, known, seconds_left: left }, running) {
  const parts = [`${done} of ${trials} trials`];
  if (known) parts.push(`${known} known before`);
  if (failed) parts.push(`${failed} failed`);
  if (running && left !== null && done < trials) parts.push(left < 90 ? `about ${Math.max(1, Math.round(left))} s left` : `about ${Math.round(left / 60)} min left`);
  return parts.join(", ");
}

/** Everything the lab knows, and what follows from it; only the store writes it. */

import { computed, signal } from "@preact/signals-core";
import { isShown } from "../../layout/lab/quantities.js";
import { usualTime } from "./cells.js";
import { formOf } from "./form.js";
import { USUAL_SWEEP, usualBase } from "./grid.js";

/** @typedef {import("../../layout/lab/flow.js").Flow} Flow */
/** @typedef {import("../../layout/lab/clip.js").Clip} Clip */
/** @typedef {import("../../layout/lab/sweep.js").SweepPoint} SweepPoint */
/** @typedef {import("../../scene/lab/time.js").CellFlow} CellFlow */
/** @typedef {import("./store.js").LabView} LabView */
/** @typedef {import("./store.js").Mode} Mode */
/** @typedef {import("./store.js").Progress} Progress */

/** @param {import("./form.js").LabCatalog} catalog */
export function createLabState(catalog) {
  const first = catalog.classics[0];
  const state = {
    catalog,
    form: signal(formOf(first)),
    clip: signal(/** @type {Clip} */ ({ by: "none", at: 1 })),
    classic: signal(/** @type {string | null} */ (first.name)),
    answer: signal(/** @type {Flow | null} */ (null)),
    time: signal(usualTime(catalog)),
    /** Through time: a flow per kind of cell. */
    cells: signal(/** @type {CellFlow[]} */ ([])),
    /** The layers as they were before the last change of the network. */
    before: signal(/** @type {Flow | null} */ (null)),
    /** The form that the answer is of. */
    answered: signal(formOf(first)),
    answeredTime: signal(usualTime(catalog)),
    sweep: signal(USUAL_SWEEP),
    /** What all points of a sweep have in common. */
    base: signal(usualBase(catalog)),
    /** What the points are of. */
    swept: signal({ form: usualBase(catalog), sweep: USUAL_SWEEP }),
    points: signal(/** @type {(SweepPoint | undefined)[]} */ ([])),
    sweeping: signal(false),
    progress: signal(/** @type {Progress | null} */ (null)),
    /** How the last sweep ended, as the API says it. */
    ended: signal(/** @type {string | null} */ (null)),
    mode: signal(/** @type {Mode} */ ("layers")),
    /** Whether the answer is a quick one, of few seeds. */
    quick: signal(false),
    pending: signal(false),
    problem: signal(/** @type {import("../state.js").Problem | null} */ (null)),
    /** A hand is moving a slider. */
    sliding: signal(false),
    playhead: signal(0),
    playing: signal(false),
    speed: signal(1),
    loop: signal(false),
    selected: signal(/** @type {number | null} */ (null)),
    hover: signal(/** @type {number | null} */ (null)),
    view: signal(/** @type {LabView} */ ("z")),
    theme: signal(/** @type {"light" | "dark"} */ ("light")),
    reducedMotion: signal(false),
    canUndo: signal(false),
    canRedo: signal(false),
  };
  const count = computed(() =>
    state.mode.value === "time" ? (state.cells.value[0]?.flow.layers.length ?? state.time.value.steps) : (state.answer.value?.layers.length ?? state.form.value.depth),
  );
  /** What the picture shows: what was chosen, where there is such a picture. */
  const shown = computed(() => {
    const view = state.view.value;
    if (state.mode.value === "sweep") return view === "curves" || view === "table" ? view : "map";
    if (view === "table" || (isShown(view) && (view !== "update" || state.mode.value === "layers"))) return view;
    return "z";
  });
  /** Whether what is drawn of a sweep was measured with other settings than those beside it. */
  const stale = computed(() => state.points.value.some(Boolean) && !isSame({ form: state.base.value, sweep: state.sweep.value }, state.swept.value));
  const place = computed(() => (state.mode.value === "time" ? "time step" : "layer"));
  /** The way back as a run of beats, the last layer first. */
  const trace = computed(() => ({
    beats: Array.from({ length: count.value }, (_, i) => ({ phase: "backward", title: `${place.value} ${count.value - i}` })),
  }));
  /** The layer that the pass is at; null before it starts. */
  const reached = computed(() => (state.playhead.value <= 0 ? null : Math.max(0, count.value - Math.ceil(state.playhead.value))));
  return { ...state, count, trace, reached, shown, stale };
}

/** @param {import("./grid.js").Asked} one @param {import("./grid.js").Asked} other */
export function isSame(one, other) {
  return JSON.stringify([one.form, one.sweep]) === JSON.stringify([other.form, other.sweep]);
}

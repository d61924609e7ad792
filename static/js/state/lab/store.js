/** The only writer of what the lab knows: named transitions. */

import { batch } from "@preact/signals-core";
import { stepBack, stepForward } from "../../timeline/playhead.js";
import { createPast } from "../past.js";
import { formOf } from "./form.js";
import { formAt } from "./grid.js";
import { createLabState, isSame } from "./state.js";

/** @typedef {import("./form.js").Form} Form */
/** @typedef {import("./form.js").LabCatalog} LabCatalog */
/** @typedef {import("../../layout/lab/flow.js").Flow} Flow */
/** @typedef {import("../../layout/lab/clip.js").Clip} Clip */
/** @typedef {import("../../layout/lab/quantities.js").Shown | "map" | "curves" | "table"} LabView */
/** @typedef {"layers" | "time" | "sweep"} Mode */
/** @typedef {import("./grid.js").SweepForm} SweepForm */
/** @typedef {import("../../layout/lab/sweep.js").SweepPoint} SweepPoint */
/** @typedef {{done: number, trials: number, failed: number, known: number, seconds_left: number | null}} Progress */
/** @typedef {import("./cells.js").TimeForm} TimeForm */
/** @typedef {import("../../scene/lab/time.js").CellFlow} CellFlow */
/** @typedef {{form: Form, clip: Clip, classic: string | null, time: TimeForm, sweep: SweepForm, base: Form}} Question */
/** @typedef {{mode: Mode, view: LabView, selected: number | null, playhead: number | null}} Look the playhead is null after the pass */
/** @typedef {ReturnType<typeof createLab>} Lab */

/** What changes how it is measured, not the network. */
const MEASUREMENT = new Set(["batch", "seeds", "seed", "distribution", "variance"]);
const CURES = ["residual", "layer_norm"];

/** @param {LabCatalog} catalog */
export function createLab(catalog) {
  const state = createLabState(catalog);
  const { count } = state;
  /** Play the pass once the answer is there. */
  let playsNext = true;
  /** Where a link has the playhead, until there is an answer. @type {number | null} */
  let linked = null;

  /** @returns {Question} */
  const question = () => ({ form: state.form.peek(), clip: state.clip.peek(), classic: state.classic.peek(), time: state.time.peek(), sweep: state.sweep.peek(), base: state.base.peek() });

  /** @param {Question} next */
  const pose = (next) =>
    batch(() => {
      state.form.value = next.form;
      state.clip.value = next.clip;
      state.classic.value = next.classic;
      state.time.value = next.time;
      state.sweep.value = next.sweep;
      state.base.value = next.base;
    });

  const past = createPast({ read: question, pose, canUndo: state.canUndo, canRedo: state.canRedo });

  /** @param {Question} next @param {string | null} [during] the gesture that this edit is part of */
  const ask = (next, during = null) => {
    linked = null;
    past.keep(during);
    pose(next);
  };

  /** @param {number} playhead */
  const jump = (playhead) =>
    batch(() => {
      state.playing.value = false;
      state.playhead.value = Math.min(count.peek(), Math.max(0, playhead));
    });

  /** The playhead for an answer of another length. @param {number} before @param {number} length @param {boolean} isFirst */
  const arrive = (before, length, isFirst) => {
    const all = isFirst || state.playhead.peek() >= before;
    state.problem.value = null;
    if ((state.selected.peek() ?? 0) >= length) state.selected.value = null;
    if (linked !== null) {
      state.playhead.value = Math.min(length, linked);
    } else if (playsNext && !state.reducedMotion.peek()) {
      state.playhead.value = 0;
      state.playing.value = true;
    } else if (playsNext || all) state.playhead.value = length;
    else state.playhead.value = Math.min(length, state.playhead.peek() * (length / before));
    playsNext = false;
    linked = null;
  };

  const actions = {
    /** @param {Mode} mode */
    setMode(mode) {
      if (mode === state.mode.peek()) return;
      batch(() => {
        state.selected.value = null;
        state.hover.value = null;
        state.problem.value = null;
        state.playing.value = false;
        state.mode.value = mode;
        state.playhead.value = count.peek();
        playsNext = mode === "time" && state.cells.peek().length === 0;
      });
    },
    /** @param {Partial<TimeForm>} part @param {string | null} [during] */
    changeTime(part, during = null) {
      batch(() => {
        ask({ ...question(), time: { ...state.time.peek(), ...part } }, during);
        state.sliding.value = during !== null;
      });
    },
    /** @param {Partial<SweepForm>} part */
    changeSweep: (part) => ask({ ...question(), sweep: { ...state.sweep.peek(), ...part } }),
    /** @param {Partial<Form>} part */
    changeBase: (part) => ask({ ...question(), base: { ...state.base.peek(), ...part } }),
    startSweep() {
      batch(() => {
        const asked = { form: state.base.peek(), sweep: state.sweep.peek() };
        // The same sweep goes on from where it was.
        if (!isSame(asked, state.swept.peek())) {
          state.points.value = [];
          state.selected.value = null;
        }
        state.swept.value = asked;
        state.progress.value = null;
        state.ended.value = null;
        state.problem.value = null;
        state.sweeping.value = true;
      });
    },
    /** Back to the settings of what is drawn. */
    resumeSwept() {
      const { form: base, sweep } = state.swept.peek();
      ask({ ...question(), base, sweep });
    },
    stopSweep: () => void (state.sweeping.value = false),
    /** @param {SweepPoint[]} some */
    receivePoints(some) {
      const points = [...state.points.peek()];
      for (const point of some) points[point.point] = point;
      state.points.value = points;
    },
    /** @param {Progress} progress */
    receiveProgress: (progress) => void (state.progress.value = progress),
    /** @param {string} reason */
    endSweep(reason) {
      batch(() => {
        state.ended.value = reason;
        state.sweeping.value = false;
      });
    },
    /** @param {number} point of the sweep, to be looked at alone */
    openPoint(point) {
      const form = formAt(state.swept.peek(), point, catalog);
      batch(() => {
        actions.setMode("layers");
        playsNext = true;
        state.before.value = null;
        ask({ ...question(), form, classic: null });
      });
    },
    /** @param {CellFlow[]} cells @param {TimeForm} form @param {boolean} quick */
    receiveCells(cells, form, quick) {
      batch(() => {
        const [before, isFirst] = [count.peek(), state.cells.peek().length === 0];
        state.cells.value = cells;
        state.answeredTime.value = form;
        state.quick.value = quick;
        arrive(before, cells[0].flow.layers.length, isFirst);
      });
    },
    /** @param {string} name */
    chooseClassic(name) {
      const classic = catalog.classics.find((entry) => entry.name === name);
      if (!classic) return;
      const { seeds, batch: samples, seed } = state.form.peek();
      batch(() => {
        playsNext = true;
        state.selected.value = null;
        state.hover.value = null;
        state.before.value = null;
        ask({ ...question(), form: { ...formOf(classic), seeds, batch: samples, seed }, classic: name });
      });
    },
    /**
     * @param {Partial<Form>} part
     * @param {string | null} [during] one of many changes until `settle`
     */
    change(part, during = null) {
      batch(() => {
        if (!past.goesOn(during)) state.before.value = Object.keys(part).some((key) => !MEASUREMENT.has(key)) ? state.answer.peek() : null;
        // A cure should be seen at work.
        if (CURES.some((key) => key in part)) playsNext = true;
        ask({ ...question(), form: { ...state.form.peek(), ...part }, classic: null }, during);
        state.sliding.value = during !== null;
      });
    },
    /** @param {Partial<Clip>} part @param {string | null} [during] */
    changeClip(part, during = null) {
      ask({ ...question(), clip: { ...state.clip.peek(), ...part } }, during);
    },
    /** The hand lets go. */
    settle() {
      past.settle();
      state.sliding.value = false;
    },
    undo() {
      state.before.value = null;
      past.undo();
    },
    redo() {
      state.before.value = null;
      past.redo();
    },
    /** @param {Question & Look} link */
    restore({ mode, view, selected, playhead, ...next }) {
      batch(() => {
        playsNext = false;
        state.mode.value = mode;
        state.view.value = view;
        state.selected.value = selected;
        state.before.value = null;
        pose(next);
        jump(playhead ?? count.peek());
        linked = playhead;
      });
    },
    /** @param {Flow} flow @param {Form} form @param {boolean} quick */
    receive(flow, form, quick) {
      batch(() => {
        const [before, isFirst] = [count.peek(), state.answer.peek() === null];
        state.answer.value = flow;
        state.answered.value = form;
        state.quick.value = quick;
        arrive(before, flow.layers.length, isFirst);
      });
    },
    /** @param {import("../state.js").Problem} problem */
    refuse(problem) {
      batch(() => {
        state.problem.value = problem;
        state.playing.value = false;
      });
    },
    /** @param {boolean} waiting */
    wait: (waiting) => void (state.pending.value = waiting),
    /** @param {number | null} layer its index */
    select: (layer) => void (state.selected.value = layer),
    /** @param {number | null} layer */
    hover: (layer) => void (state.hover.value = layer),
    /** @param {LabView} view */
    setView: (view) => void (state.view.value = view),
    /** @param {number} playhead */
    setPlayhead: (playhead) => void (state.playhead.value = Math.min(count.peek(), Math.max(0, playhead))),
    play() {
      batch(() => {
        if (state.playhead.peek() >= count.peek()) state.playhead.value = 0;
        state.playing.value = true;
      });
    },
    pause: () => void (state.playing.value = false),
    toggle: () => (state.playing.peek() ? actions.pause() : actions.play()),
    /** @param {number} speed */
    setSpeed: (speed) => void (state.speed.value = speed),
    toggleLoop: () => void (state.loop.value = !state.loop.peek()),
    first: () => jump(0),
    last: () => jump(count.peek()),
    stepForward: () => jump(stepForward(state.playhead.peek(), count.peek())),
    stepBack: () => jump(stepBack(state.playhead.peek(), count.peek())),
    /** @param {"light" | "dark"} theme */
    setTheme: (theme) => void (state.theme.value = theme),
    /** @param {boolean} reduced */
    setReducedMotion: (reduced) => void (state.reducedMotion.value = reduced),
  };
  return { state, actions, question };
}

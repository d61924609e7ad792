/** What the training room knows, and its named transitions. */

import { batch, signal } from "@preact/signals-core";
import { createPast } from "../past.js";
import { cut, emptyHistory, record } from "./history.js";
import { PACES } from "./request.js";
import { fitSetup, isOther, isOwn, openSetup } from "./setup.js";

/** @typedef {import("../../api/schema.js").components["schemas"]} Schemas */
/** @typedef {Schemas["TrainFrame"]} Frame */
/** @typedef {Schemas["TrainDiverged"]} Diverged */
/** @typedef {import("./setup.js").Setup} Setup */
/** @typedef {import("./setup.js").Samples} Samples */
/** @typedef {import("./setup.js").Catalog} Catalog */
/** @typedef {import("./maps.js").Maps} Maps */
/** @typedef {import("../state.js").Problem} Problem */
/** @typedef {ReturnType<typeof createTraining>} Training */
/** What is done with the pointer on the plane: nothing, points of a class, or taking points away. */
/** @typedef {number | "erase" | null} Brush */

const MOST_UNDO = 100;
const USUAL_PACE = "100";

/** @param {Catalog} catalog */
export function createTraining(catalog) {
  const state = {
    catalog,
    setup: signal(openSetup(catalog.setups[0])),
    samples: signal(/** @type {Samples | null} */ (null)),
    /** The newest network that a frame or an end carried; null: as the seed draws it. */
    document: signal(/** @type {any} */ (null)),
    frame: signal(/** @type {Frame | null} */ (null)),
    maps: signal(/** @type {Maps | null} */ (null)),
    history: emptyHistory(),
    /** Counts the changes of the history. */
    recorded: signal(0),
    running: signal(false),
    /** Counts the single steps asked for. */
    stepped: signal(0),
    /** Counts the new beginnings, each of which is looked at. */
    looks: signal(0),
    /** Steps per second, as they come. */
    rate: signal(/** @type {number | null} */ (null)),
    pace: signal(USUAL_PACE),
    /** Why a training ended by itself. */
    ended: signal(/** @type {string | null} */ (null)),
    diverged: signal(/** @type {Diverged | null} */ (null)),
    problem: signal(/** @type {Problem | null} */ (null)),
    /** The connection is gone and comes back. */
    lost: signal(false),
    loading: signal(false),
    mode: signal(/** @type {"train" | "opening" | "walk"} */ ("train")),
    /** Which samples the step has that is walked through. */
    walked: signal(/** @type {number[]} */ ([])),
    selection: signal(/** @type {string | null} */ (null)),
    hover: signal(/** @type {string | null} */ (null)),
    brush: signal(/** @type {Brush} */ (null)),
    logarithmic: signal(false),
    canUndo: signal(false),
    canRedo: signal(false),
  };
  /** The samples that the setup was fitted to last. @type {Samples | null} */
  let fitted = null;
  /** The step after which the next is to be walked through. @type {number | null} */
  let following = null;

  const forget = () => {
    state.document.value = null;
    state.running.value = false;
    state.ended.value = null;
    state.diverged.value = null;
    state.rate.value = null;
    state.selection.value = null;
    Object.assign(state.history, emptyHistory());
    state.recorded.value += 1;
  };

  /** @param {Setup} next */
  const put = (next) =>
    batch(() => {
      const before = state.setup.peek();
      if (isOther(before, next)) forget();
      else if (before.optimizer.name !== next.optimizer.name && state.document.peek()) {
        state.document.value = { ...state.document.peek(), optimizer_state: null };
      }
      state.ended.value = null;
      state.problem.value = null;
      state.mode.value = "train";
      state.setup.value = next;
      if (isOwn(next.data) && next.data !== before.data) receiveSamples(next.data);
    });

  /** @param {Samples} samples */
  const receiveSamples = (samples) => {
    const next = fitSetup(state.setup.peek(), samples, fitted, catalog);
    batch(() => {
      if (isOther(state.setup.peek(), next)) forget();
      fitted = samples;
      state.setup.value = next;
      state.samples.value = samples;
      state.loading.value = false;
    });
  };

  const past = createPast({ read: () => state.setup.peek(), pose: put, canUndo: state.canUndo, canRedo: state.canRedo, most: MOST_UNDO });

  const actions = {
    /** @param {(setup: Setup) => Setup} change @param {string | null} [during] the gesture that it is part of */
    edit(change, during = null) {
      const next = change(state.setup.peek());
      past.keep(during);
      put(next);
    },
    settle: past.settle,
    /** @param {Record<string, unknown>} part */
    change: (part) => actions.edit((setup) => ({ ...setup, ...part })),
    /** @param {(spec: any) => any} change */
    changeSpec: (change) => actions.edit((setup) => ({ ...setup, spec: change(setup.spec) })),
    /** @param {string} name */
    open(name) {
      const entry = catalog.setups.find((one) => one.name === name);
      if (!entry) return;
      state.brush.value = null;
      actions.edit(() => openSetup(entry));
    },
    undo: past.undo,
    redo: past.redo,
    /** @param {{setup: Setup, document: any, pace: string}} link */
    restore: ({ setup, document, pace }) =>
      batch(() => {
        put(setup);
        state.document.value = document;
        if (PACES.some(({ id }) => id === pace)) state.pace.value = pace;
      }),
    receiveSamples,
    load: () => void (state.loading.value = true),
    /** @param {Frame} frame @param {Maps | null} maps */
    receiveFrame: (frame, maps) =>
      batch(() => {
        if (frame.network) state.document.value = frame.network;
        if (maps || !frame.omitted.includes("grid")) state.maps.value = maps;
        state.frame.value = frame;
        record(state.history, frame);
        if (following !== null && frame.step > following) {
          following = null;
          state.mode.value = "opening";
        }
        state.recorded.value += 1;
        state.problem.value = null;
        state.lost.value = false;
      }),
    /** @param {any} document */
    receiveDocument: (document) => void (document && (state.document.value = document)),
    /** @param {Diverged} diverged */
    receiveDivergence: (diverged) =>
      batch(() => {
        state.diverged.value = diverged;
        state.running.value = false;
        state.document.value = diverged.network;
        state.looks.value += 1;
      }),
    /** @param {string} reason */
    end: (reason) =>
      batch(() => {
        state.running.value = false;
        state.ended.value = reason;
      }),
    /** @param {Problem} problem */
    refuse: (problem) =>
      batch(() => {
        state.problem.value = problem;
        state.running.value = false;
        state.loading.value = false;
        state.lost.value = false;
        if (state.mode.peek() === "opening") state.mode.value = "train";
      }),
    lose: () => void (state.lost.value = true),
    /** @param {number | null} rate */
    measure: (rate) => void (state.rate.value = rate),
    play: () =>
      batch(() => {
        state.mode.value = "train";
        state.brush.value = null;
        state.ended.value = null;
        state.diverged.value = null;
        state.problem.value = null;
        state.running.value = true;
      }),
    pause: () => void (state.running.value = false),
    toggle: () => (state.running.peek() ? actions.pause() : actions.play()),
    step: () =>
      batch(() => {
        state.running.value = false;
        state.mode.value = "train";
        state.ended.value = null;
        state.diverged.value = null;
        state.stepped.value += 1;
      }),
    restart: () =>
      batch(() => {
        const selection = state.selection.peek();
        forget();
        state.selection.value = selection;
        state.mode.value = "train";
        state.problem.value = null;
        state.looks.value += 1;
      }),
    /** Go on from another network on the way. @param {any} document */
    goTo: (document) =>
      batch(() => {
        state.document.value = document;
        state.diverged.value = null;
        cut(state.history, document.step);
        state.recorded.value += 1;
        state.looks.value += 1;
      }),
    /** The same data, with a learning rate half as large. */
    halveRate: () =>
      actions.edit((setup) => {
        const schema = catalog.optimizers.find(({ name }) => name === setup.optimizer.name)?.schema;
        const rate = Number(setup.optimizer.learning_rate ?? schema?.properties.learning_rate?.default);
        return { ...setup, optimizer: { ...setup.optimizer, learning_rate: Number((rate / 2).toPrecision(12)) } };
      }),
    /** @param {string} pace */
    setPace: (pace) => void (state.pace.value = pace),
    walk: () =>
      batch(() => {
        state.running.value = false;
        state.brush.value = null;
        state.mode.value = "opening";
      }),
    /** @param {number[]} rows */
    arrive: (rows) =>
      batch(() => {
        state.walked.value = rows;
        state.mode.value = "walk";
      }),
    /** Take the step that was walked through, and walk through the next. */
    walkOn: () =>
      batch(() => {
        following = state.frame.peek()?.step ?? null;
        state.diverged.value = null;
        state.stepped.value += 1;
      }),
    leave: () => {
      following = null;
      state.mode.value = "train";
    },
    /** @param {string | null} id */
    select: (id) => void (state.selection.value = id),
    /** @param {string | null} id */
    hover: (id) => void (state.hover.value = id),
    /** @param {Brush} brush */
    setBrush: (brush) =>
      batch(() => {
        state.brush.value = brush;
        if (brush !== null) state.running.value = false;
      }),
    toggleLogarithmic: () => void (state.logarithmic.value = !state.logarithmic.peek()),
  };
  return { state, actions };
}

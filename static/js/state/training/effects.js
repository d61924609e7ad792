/** What happens when the training room's state changes: data is fetched, steps are taken, links are kept. */

import { computed, effect, untracked } from "@preact/signals-core";
import { post } from "../../api/client.js";
import { openStream } from "../../api/stream.js";
import { readLink, writeLink } from "./link.js";
import { readMaps } from "./maps.js";
import { PACES, writeAdjustment, writeRequest } from "./request.js";
import { isJudgedLast } from "../sequences.js";
import { chooseEncoding, encodeTargets, isOwn, isSequences } from "./setup.js";

/** @typedef {import("./store.js").Training} Training */

const URL_DELAY = 300;
/** How long to wait before a lost connection is tried again, in milliseconds. */
const PATIENCE = [150, 300, 500, 800, 1200, 2000, 3000, 5000];
/** How long a part of a training should take whose frames cannot carry the network, in milliseconds. */
const PART_MS = 800;
const FIRST_PART = 20;
const WHILE_MS = 1500;
const ENDLESS = 1e9;
/** There is nothing to learn from less. */
const FEWEST = 2;

/**
 * Samples of a dataset, whenever another is chosen.
 * @param {Training} training
 */
export function fetchSamples({ state, actions }) {
  const data = computed(() => state.setup.value.data);
  /** @type {Map<string, import("./setup.js").Samples>} */
  const known = new Map();
  /** @type {AbortController | null} */
  let running = null;
  effect(() => {
    const wanted = data.value;
    running?.abort();
    if (isOwn(wanted)) return untracked(() => actions.receiveSamples(wanted));
    const key = JSON.stringify(wanted);
    const found = known.get(key);
    if (found) return untracked(() => actions.receiveSamples(found));
    const mine = (running = new AbortController());
    untracked(actions.load);
    post("/datasets", wanted, mine.signal).then(
      (result) => {
        if (mine.signal.aborted) return;
        if ("problem" in result) return actions.refuse(below(result.problem, "/data"));
        if (known.size > 12) known.clear();
        known.set(key, result.answer);
        actions.receiveSamples(result.answer);
      },
      () => {},
    );
  });
}

/** A problem whose pointers are those of a training. @param {any} problem @param {string} place */
function below(problem, place) {
  return { ...problem, errors: problem.errors.map((/** @type {any} */ error) => ({ ...error, pointer: place + error.pointer })) };
}

/**
 * Takes steps while it runs, single ones when asked, and looks at every new beginning.
 * @param {Training} training
 * @param {() => number} now in milliseconds
 */
export function train({ state, actions }, now) {
  /** @type {AbortController | null} */
  let current = null;
  /** Steps of one request where frames cannot carry the network; null: no end. @type {number | null} */
  let part = null;
  /** What is under way while it runs. @type {{setup: any, pace: string} | null} */
  let busy = null;
  let steps = state.stepped.peek();
  let looks = -1;
  /** @type {any} */
  let shown = null;

  effect(() => {
    const [setup, samples, running] = [state.setup.value, state.samples.value, state.running.value];
    const [pace, stepped, looked] = [state.pace.value, state.stepped.value, state.looks.value];
    if (!samples || state.loading.value || samples.inputs.length < FEWEST) return stop();
    untracked(() => {
      const single = stepped !== steps;
      const changed = shown !== setup || looked !== looks;
      [steps, shown, looks] = [stepped, setup, looked];
      if (running) return void start(run, setup, samples, pace);
      if (single) return void start(takeOne, setup, samples, pace);
      if (changed) return void start(look, setup, samples, pace);
      // A part that is under way ends with the network; all else ends here.
      if (busy && part === null) stop();
    });
  });

  function stop() {
    current?.abort();
    busy = null;
  }

  /** @param {typeof run} work @param {any} setup @param {any} samples @param {string} pace */
  async function start(work, setup, samples, pace) {
    if (work === run && busy !== null && busy.setup === setup && busy.pace === pace) return;
    stop();
    const mine = (current = new AbortController());
    if (work === run) busy = { setup, pace };
    await work(mine.signal, setup, samples, pace);
    if (current === mine) busy = null;
  }

  /** @param {AbortSignal} signal @param {any} setup @param {any} samples @param {string} id */
  async function run(signal, setup, samples, id) {
    const pace = PACES.find((one) => one.id === id) ?? PACES[0];
    let tries = 0;
    while (!signal.aborted && state.running.peek()) {
      const begun = now();
      const first = state.frame.peek()?.step ?? 0;
      const reason = await follow(signal, write(setup, samples, part ?? ENDLESS, pace), () => (tries = 0));
      if (signal.aborted) return;
      if (reason === "steps" || reason === "time_limit") {
        if (part !== null) part = nextPart(part, now() - begun, (state.frame.peek()?.step ?? 0) - first);
      } else if (reason === "lost" || reason === "draining") {
        if (tries >= PATIENCE.length) return actions.refuse(UNREACHABLE);
        actions.lose();
        await wait(PATIENCE[tries++], signal);
      } else return actions.end(reason);
    }
    actions.measure(null);
  }

  /** @param {AbortSignal} signal @param {any} setup @param {any} samples */
  async function takeOne(signal, setup, samples) {
    await follow(signal, write(setup, samples, 1, { frame_every: 1, frames_per_second: 30 }));
  }

  /** One frame of the network as it is. @param {AbortSignal} signal @param {any} setup @param {any} samples */
  async function look(signal, setup, samples) {
    // A second frame that came soon would take the place of an unread first one.
    await follow(signal, write(setup, samples, ENDLESS, { frame_every: null, frames_per_second: 0.1 }), undefined, true);
  }

  /** @param {any} setup @param {any} samples @param {number} count @param {any} pace */
  function write(setup, samples, count, pace) {
    return writeRequest({ setup, samples, document: state.document.peek(), catalog: state.catalog }, { steps: count, pace });
  }

  /**
   * Reads a stream to its end.
   * @param {AbortSignal} signal @param {any} body @param {() => void} [onFrame] @param {boolean} [once] only the first frame
   * @returns {Promise<string>} why it ended
   */
  async function follow(signal, body, onFrame, once = false) {
    /** Frames of the last while, to tell the speed by. @type {{step: number, time: number}[]} */
    const seen = [];
    try {
      for await (const { name, data } of openStream("/networks/train", body, signal)) {
        if (signal.aborted) return "aborted";
        if (name === "frame") {
          const whole = part === null;
          part = data.omitted.includes("network") ? (part ?? FIRST_PART) : null;
          // Nothing is lost: the first frame is of the network that was sent.
          if (whole && part !== null && !once && body.steps > part) return "steps";
          actions.receiveFrame(data, readMaps(data.grid));
          seen.push({ step: data.step, time: now() });
          actions.measure(measureRate(seen) ?? state.rate.peek());
          onFrame?.();
          if (once) return "looked";
        } else if (name === "diverged") actions.receiveDivergence(data);
        else if (name === "problem") {
          if (data.status === 503 || data.status === 429) return "lost";
          actions.refuse(data);
          return "problem";
        } else if (name === "end") {
          actions.receiveDocument(data.network);
          return data.reason;
        }
      }
    } catch (error) {
      if (signal.aborted) return "aborted";
      if (!(error instanceof TypeError) && !(error instanceof DOMException)) throw error;
    }
    return "lost";
  }
}

/**
 * Steps per second over the last while: frames may come in heaps.
 * @param {{step: number, time: number}[]} seen is cut to that while
 * @returns {number | null} null until there has been a while
 */
export function measureRate(seen) {
  const last = seen[seen.length - 1];
  while (seen.length > 2 && last.time - seen[1].time > WHILE_MS) seen.shift();
  const elapsed = last.time - seen[0].time;
  return elapsed >= WHILE_MS / 4 ? (1000 * (last.step - seen[0].step)) / elapsed : null;
}

const UNREACHABLE = {
  title: "The server cannot be reached",
  detail: "Nothing is lost: press play to go on from the last step that was seen.",
  errors: [],
};

/** @param {number} part @param {number} elapsed @param {number} taken */
function nextPart(part, elapsed, taken) {
  return taken > 0 && elapsed > 0 ? Math.max(1, Math.min(part * 4, Math.round((taken * PART_MS) / elapsed))) : part;
}

/** @param {number} time @param {AbortSignal} signal */
function wait(time, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve(undefined)), { once: true });
  });
}

/**
 * Opens the step that comes next in the transport: its batch, forward, backward and update.
 * @param {Training} training
 * @param {import("../store.js").Store} store of the walk
 */
export function walkSteps({ state, actions }, store) {
  let number = 0;
  effect(() => {
    if (state.mode.value !== "walk") store.actions.pause();
    if (state.mode.value !== "opening") return;
    const mine = ++number;
    const [setup, samples, frame] = [state.setup.peek(), state.samples.peek(), state.frame.peek()];
    if (!samples || !frame) return untracked(actions.leave);
    readRows(setup, samples, frame.batch, state.catalog).then((rows) => {
      if (mine !== number || state.mode.peek() !== "opening") return;
      if ("problem" in rows) return actions.refuse(rows.problem);
      const optimizer = { ...setup.optimizer, learning_rate: frame.learning_rate };
      const network = state.document.peek() ?? { spec: setup.spec };
      const question = { network, ...rows, optimizer, sample: 0, preset: null };
      store.actions.restore(question, { view: isSequences(samples) ? "time" : "network", opened: null, adjustment: { ...writeAdjustment(setup), dropout_seed: setup.shuffle_seed ?? 0 } });
      store.actions.setPlayhead(0);
      const arrived = effect(() => {
        if (store.state.pending.value) return;
        const problem = store.state.problem.value;
        untracked(() => {
          if (problem) return actions.refuse(problem);
          store.actions.setPlayhead(1);
          if (state.mode.peek() === "opening") actions.arrive(frame.batch);
        });
        queueMicrotask(() => arrived());
      });
    });
  });
}

/**
 * The inputs and targets of some samples, as the network takes them.
 * @param {import("./setup.js").Setup} setup
 * @param {import("./setup.js").Samples} samples
 * @param {number[]} numbers
 * @param {import("./setup.js").Catalog} catalog
 */
async function readRows(setup, samples, numbers, catalog) {
  const targets = encodeTargets(samples, chooseEncoding(setup.spec, samples, catalog));
  const pick = (/** @type {any[][]} */ rows) => numbers.map((row) => rows[row]);
  const last = isSequences(samples) && isJudgedLast(setup.spec);
  const rows = { inputs: pick(samples.inputs), targets: pick(last ? targets.map((steps) => steps[steps.length - 1]) : targets) };
  if (setup.features === null) return rows;
  const result = await post("/datasets", { ...rows, features: setup.features }, new AbortController().signal);
  return "problem" in result ? { problem: below(result.problem, "/data") } : { ...rows, inputs: result.answer.inputs };
}

/**
 * Reads a table; what is wrong with it is a value.
 * @param {{text: string, delimiter: string | null, header: boolean | null, label: string | null, standardize: boolean}} table
 * @param {AbortSignal} signal
 */
export function readTable(table, signal) {
  return post("/datasets/csv", table, signal);
}

/**
 * A link to the training as it stands.
 * @param {Training} training
 * @returns {Promise<{link: string, kept: boolean} | {problem: import("../state.js").Problem}>}
 */
export async function makeTrainingLink({ state }) {
  const link = writeLink({ setup: state.setup.peek(), document: state.document.peek(), pace: state.pace.peek() }, state.catalog);
  return link === null ? { problem: TOO_LONG } : { link: new URL(link, location.href).href, kept: false };
}

const TOO_LONG = { title: "This is too much for a link", detail: "The data alone is longer than an address may be. Fewer rows fit.", errors: [] };

/**
 * The address says what is trained and how far it has come, and an address brings it back.
 * @param {Training} training
 */
export function keepLink({ state, actions }) {
  let written = "";
  const restore = () => {
    if (location.hash === written && location.hash !== "") return;
    written = location.hash;
    const found = readLink(location.hash, state.catalog);
    if (found) actions.restore(found);
  };
  restore();
  addEventListener("hashchange", restore);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  effect(() => {
    void [state.setup.value, state.document.value, state.pace.value];
    clearTimeout(timer);
    if (state.running.value || state.problem.value || state.loading.value) return;
    timer = setTimeout(() => {
      const link = writeLink({ setup: state.setup.peek(), document: state.document.peek(), pace: state.pace.peek() }, state.catalog);
      if (link === null || link === written) return;
      written = link;
      history.replaceState(null, "", link);
    }, URL_DELAY);
  });
}

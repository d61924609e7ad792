/** What the inspector asks about the selected number, beyond what the trace says. */

import { computed, effect, signal, untracked } from "@preact/signals-core";
import { findInspected } from "../layout/inspected.js";
import { findRoutes, lightAll, lightOne } from "../layout/routes.js";
import { writePlain } from "../layout/symbols.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./state.js").Problem} Problem */
/** @typedef {import("../layout/inspected.js").Inspected} Inspected */
/** @typedef {import("../layout/chain.js").Route} Route */
/**
 * Something asked beside the run.
 * @typedef {{path: string, body: string}} Inquiry
 */
/** @typedef {{answer: any} | {problem: Problem}} Result */
/** @typedef {import("../layout/chain.js").Explanation} Explanation */
/** @typedef {ReturnType<typeof createInspection>} Inspection */

/** While a hand drags a number there is a new run with every move, and thousands of paths to count. */
const REST = 120;
/** The paths that are lit together. */
export const ALL = "all";

/** @param {Store} store */
export function createInspection({ state }) {
  const place = signal("");
  const chosen = computed(() => {
    // The graph of one unit is not the network's: the API knows its nodes by other names.
    if (state.opened.value !== null && state.trace.value.nodes) return null;
    return findInspected(state.trace.value, state.selection.value, place.value);
  });
  const goal = computed(() => nameGoal(state.trace.value));
  const asked = computed(() => {
    const found = chosen.value;
    return found && makeInquiry(state.trace.value, "/networks/explain", { of: found.entry });
  });
  const answered = signal(/** @type {{about: Inquiry, explanation: Explanation} | {about: Inquiry, problem: Problem} | null} */ (null));
  const explanation = computed(() => {
    const now = answered.value;
    return now && "explanation" in now && now.about.body === asked.value?.body ? now.explanation : null;
  });
  const problem = computed(() => {
    const now = answered.value;
    return now && "problem" in now && now.about.body === asked.value?.body ? now.problem : null;
  });
  const all = computed(() => (explanation.value ? findRoutes(state.trace.value, explanation.value) : []));
  const isOwn = (/** @type {Route} */ { sample }) => sample === null || sample === state.trace.value.sample;
  /** Those of the sample that is on the screen, and the others. */
  const routes = computed(() => all.value.filter(isOwn));
  const others = computed(() => all.value.filter((route) => !isOwn(route)));
  /** What stays lit, and what a hand or the focus is on: the key of a route, or all. */
  const pinned = signal(/** @type {string | null} */ (null));
  const pointed = signal(/** @type {string | null} */ (null));
  const light = computed(() => {
    const key = pointed.value ?? pinned.value;
    if (key === ALL) return routes.value.length ? lightAll(routes.value) : null;
    const route = routes.value.find((one) => one.key === key);
    return route ? lightOne(route) : null;
  });

  effect(() => {
    void [state.selection.value, state.reading.value];
    untracked(() => {
      place.value = "";
      pinned.value = null;
      pointed.value = null;
    });
  });

  return {
    rest: REST,
    chosen,
    goal,
    asked,
    explanation,
    problem,
    routes,
    others,
    pinned,
    pointed,
    light,
    /** @param {Result} result @param {Inquiry} about */
    receive(result, about) {
      answered.value = "answer" in result ? { about, explanation: result.answer } : { about, problem: result.problem };
    },
    /** @param {string} next the place of another entry of the same node */
    choosePlace: (next) => void (place.value = next),
    /** @param {string | null} key */
    point: (key) => void (pointed.value = key),
    /** @param {string} key lit until pressed again */
    pin: (key) => void (pinned.value = pinned.peek() === key ? null : key),
    release: () => void (pinned.value = null),
  };
}

/**
 * What the gradients of a run are of, in words.
 * @param {import("./state.js").Trace} trace
 */
function nameGoal({ network, loss_node, loss_latex }) {
  if (network.spec.kind !== "expression") return "the loss";
  return writePlain(loss_latex) === loss_node ? loss_node : "the output";
}

/**
 * A question about the run that is on the screen.
 * @param {import("./state.js").Trace} trace
 * @param {string} path
 * @param {Record<string, unknown>} [more]
 * @returns {Inquiry}
 */
export function makeInquiry({ network, inputs, targets, sample, dropout_seed = null }, path, more = {}) {
  const { spec, parameters, trainable, step } = network;
  // The masks of dropout are drawn from their seed and the step.
  const masked = dropout_seed !== null;
  const body = { network: { spec, parameters, trainable, ...(masked && { step }) }, inputs, ...(masked && { dropout_seed }), ...(targets !== null && { targets }), ...more, ...("of" in more && { sample }) };
  return { path, body: JSON.stringify(body) };
}

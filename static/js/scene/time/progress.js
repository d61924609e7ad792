/** How far the parts of a time step have come in. */

import { during } from "../moment.js";

/** @typedef {import("./time.js").Stage} Stage */

/** When what travels to a cell has arrived, as progress of its beat. */
export const ARRIVED = 0.36;
/** Within a step back: the gradient leaves the cell, and is there. */
export const [LEAVES, LANDS] = [0.3, 0.76];

/**
 * When a number comes in within the beat that computes it.
 * @param {Stage} stage
 * @param {string} id
 * @returns {readonly [number, number]}
 */
function windowOf({ plan }, id) {
  const node = plan.nodes.get(id);
  if (!node || node.op === null) return [0.1, 0.8];
  if (node.role === "state") {
    const states = plan.steps[(node.time ?? 1) - 1]?.states ?? [];
    return states[states.length - 1]?.id === id ? [0.8, 1] : [0.62, 0.8];
  }
  if (node.role === "loss") return [0.75, 1];
  if (node.layer === 1) return node.role === "activation" ? [0.4, 0.64] : [ARRIVED, 0.56];
  return [0.55, 1];
}

/** How far a value is there, 0 to 1. @param {Stage} stage @param {string} id */
export function valueProgress(stage, id) {
  return during(stage.at(stage.story.value.get(id)), ...windowOf(stage, id));
}

/**
 * How far a gradient is there: at the end of the beat that completes it, or while it passes.
 * @param {Stage} stage
 * @param {string} id
 */
export function gradientProgress(stage, id) {
  const { story, plan, trace, at } = stage;
  const node = plan.nodes.get(id);
  if (!node || node.grad === null) return 0;
  const index = story.grad.get(id);
  const own = index !== undefined && trace.beats[index].kind === "step_back" && trace.beats[index].time === node.time;
  const inside = own && node.role !== "input" && node.op !== null;
  return inside ? during(at(index), 0.05, LEAVES) : during(at(index), LANDS, 1);
}

/** How far a parameter's update is. @param {Stage} stage @param {string} id */
export function updateProgress({ at, story, trace }, id) {
  return id in trace.updates ? at(story.update) : 0;
}

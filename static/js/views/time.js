/** A recurrent network through time: a column per step, the state to the right, gradients to the left. */

import { walkSpots } from "../layout/spots.js";
import { layoutTime } from "../layout/time.js";
import { sceneTime } from "../scene/time/time.js";
import { findEntry } from "./graph.js";

/** @typedef {import("../layout/trace.js").NodesTrace} NodesTrace */
/** @typedef {import("../layout/layout.js").TimeLayout} TimeLayout */

/** @type {import("./index.js").View<NodesTrace, TimeLayout>} */
export const time = {
  id: "time",
  title: "Through time",
  reads: "time",
  hint: "Through time: left and right go from step to step, up and down through a step, Enter selects",
  most: Infinity,
  accepts: ({ kind }) => kind === "recurrent",
  layout: layoutTime,
  scene: sceneTime,
  first: (trace) => trace.nodes.find(({ role }) => role === "input")?.id ?? null,
  walk: (_, { spots }, id, direction) => walkSpots(spots, id, direction),
  edits: findEntry,
  place: (_, { spots }, id) => spots.find((spot) => spot.id === id) ?? null,
  spots: ({ spots }) => spots.map(({ id, x, y }) => ({ id, x, y })),
};

/** Where the arrow keys lead from one part of the network to the next. */

/** @typedef {import("../layout/trace.js").UnitsTrace} Trace */
/** @typedef {"forward" | "back" | "next" | "previous"} Direction */

/**
 * The neighbor of `id`: along the flow from unit to edge to unit, or across among its like.
 * @param {Trace} trace
 * @param {string} id
 * @param {Direction} direction
 * @returns {string | null} null at an end
 */
export function walk(trace, id, direction) {
  if (direction === "next" || direction === "previous") {
    const like = listSiblings(trace, id);
    return like[like.indexOf(id) + (direction === "next" ? 1 : -1)] ?? null;
  }
  const forward = direction === "forward";
  const last = trace.layers.length - 1;
  const unit = trace.units.find((one) => one.id === id);
  if (unit?.layer === last && forward) return "loss";
  if (unit) return (forward ? trace.weights.find(({ from }) => from === id) : trace.weights.find(({ to }) => to === id))?.id ?? null;
  const weight = trace.weights.find((one) => one.id === id);
  if (weight) return forward ? weight.to : weight.from;
  if (id === "loss") return forward ? null : (trace.units.find(({ layer }) => layer === last)?.id ?? null);
  if (id.startsWith("y[")) return "loss";
  return forward ? (trace.units.find(({ bias_id }) => bias_id === id)?.id ?? null) : null;
}

/**
 * @param {Trace} trace
 * @param {string} id
 * @returns {string[]}
 */
function listSiblings(trace, id) {
  const unit = trace.units.find((one) => one.id === id);
  if (unit) return trace.units.filter(({ layer }) => layer === unit.layer).map((one) => one.id);
  if (id === "loss" || id.startsWith("y[")) return ["loss", ...(trace.targets[0] ?? []).map((_, k) => `y[${k}]`)];
  const layer = trace.weights.find((one) => one.id === id)?.layer ?? trace.units.find(({ bias_id }) => bias_id === id)?.layer;
  const biases = trace.units.filter((one) => one.layer === layer && one.bias_id !== null).map(({ bias_id }) => String(bias_id));
  return [...trace.weights.filter((one) => one.layer === layer).map((one) => one.id), ...new Set(biases)];
}

/**
 * The number that can be edited under `id`, or null where there is none.
 * @param {Trace} trace
 * @param {string} id
 * @returns {import("../layout/trace.js").Num | null}
 */
export function readEditable(trace, id) {
  const place = /^([xy])\[(\d+)\]$/.exec(id);
  if (place) return (place[1] === "x" ? trace.inputs : trace.targets)[trace.sample]?.[Number(place[2])] ?? null;
  const weight = trace.weights.find((one) => one.id === id);
  return weight?.value ?? trace.units.find(({ bias_id }) => bias_id === id)?.bias ?? null;
}

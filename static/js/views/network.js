/** The network view: units and weights. */

import { pointAt } from "../layout/curve.js";
import { layoutNetwork } from "../layout/network.js";
import { litPlaces } from "../scene/chips.js";
import { MOST_DRAWN_EDGES, sceneNetwork } from "../scene/network.js";
import { readEditable, walk } from "./walk.js";

/** @typedef {import("../layout/trace.js").UnitsTrace} UnitsTrace */
/** @typedef {import("../layout/layout.js").Layout} Layout */

/** @type {import("./index.js").View<UnitsTrace, Layout>} */
export const network = {
  id: "network",
  title: "Network",
  reads: "units",
  hint: "Network: arrow keys walk from part to part, Enter selects",
  most: MOST_DRAWN_EDGES,
  // Normalized, or with its input added, a unit is more than z and a.
  accepts: ({ kind, layers }) => kind === "dense" && !layers?.some((/** @type {any} */ layer) => layer.layer_norm || layer.residual),
  layout: layoutNetwork,
  scene: sceneNetwork,
  first: (trace) => trace.units[0]?.id ?? null,
  walk: (trace, _, id, direction) => walk(trace, id, direction),
  edits(trace, id) {
    const value = readEditable(trace, id);
    return value === null ? null : { id, value };
  },
  place(trace, layout, id) {
    const edge = layout.edges.find((one) => one.id === id);
    if (edge) return litPlaces({ layout, trace }, edge)[0];
    const { units, targets, biases } = layout;
    return units.get(id) ?? [...targets, ...biases].find((one) => one.id === id) ?? null;
  },
  spots: ({ units, targets, biases, edges }) => [
    ...[...units.values(), ...targets, ...biases].map(({ id, x, y }) => ({ id, x, y })),
    ...edges.flatMap(({ id, curve }) => [0.25, 0.4, 0.5, 0.6, 0.75].map((t) => ({ id, ...pointAt(curve, t) }))),
  ],
};

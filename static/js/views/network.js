/** The network view: units and weights. */

import { layoutNetwork } from "../layout/network.js";
import { MOST_DRAWN_EDGES, sceneNetwork } from "../scene/network.js";

/** @type {import("./index.js").View} */
export const network = {
  id: "network",
  title: "Network",
  most: MOST_DRAWN_EDGES,
  accepts: (trace) => trace.units.length > 0,
  layout: layoutNetwork,
  scene: sceneNetwork,
};

/** Invisible shapes over nodes and edges that can be focused and pointed at, with their names. */

import { readGrid } from "../../layout/entries.js";
import { formatNumber } from "../../layout/number.js";
import { followNode } from "./nodes.js";
import { single } from "./parcel.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./graph.js").Stage} Stage */
/** @typedef {import("../../layout/trace.js").NodeView} NodeView */

/** @param {Stage} stage @returns {Mark[]} */
export function drawHandles(stage) {
  const { layout, nodes, story, messages, trace, at } = stage;
  const edges = layout.edges.map(({ id, from, to, curve }) => {
    const [message, source] = [messages.get(id), nodes.get(from)];
    const known = at(story.message.get(id)) >= 1;
    const told = !message || !source ? "nothing comes back" : known ? `sends back ${tell(readGrid(trace, source, message.value))}` : "nothing sent back yet";
    return { key: `handle:${id}`, shape: /** @type {const} */ ("curve"), curve, stroke: "transparent", strokeWidth: 14, fill: "none", tone: "handle edge", id, label: `${call(stage, from)} into ${call(stage, to)}: ${told}` };
  });
  const places = trace.nodes.flatMap((node) => {
    const place = layout.nodes.get(node.id);
    if (!place) return [];
    const { x, y, w, h } = place;
    return [{ key: `handle:${node.id}`, shape: /** @type {const} */ ("rect"), x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 12, fill: "none", tone: "handle", id: node.id, label: describe(stage, node) }];
  });
  return [...edges, ...places];
}

/** @param {Stage} stage @param {NodeView} node */
function describe(stage, node) {
  const { trace } = stage;
  const { forward, back, update } = followNode(stage, node);
  const after = readGrid(trace, node, /** @type {any} */ (trace.updates[node.id]?.after));
  const now = update >= 1 && after.length ? after : readGrid(trace, node, node.value);
  const value = forward >= 1 ? tell(now) : "not reached yet";
  const grad = node.grad === null ? "" : back >= 1 ? `, gradient ${tell(readGrid(trace, node, node.grad))}` : ", gradient not reached yet";
  return `${node.op === null ? `${node.role} ` : ""}${call(stage, node.id)}: ${value}${grad}`;
}

/** @param {Stage} stage @param {string} id */
function call({ layout, nodes }, id) {
  const place = layout.nodes.get(id);
  const name = place?.name.replace(/⁽(.*)⁾/, " $1");
  const op = nodes.get(id)?.op?.replaceAll("_", " ");
  return [name, op].filter(Boolean).join(", ") || place?.label || id;
}

const MOST_TOLD = 4;

/** @param {import("../../layout/trace.js").Num[][]} grid */
export function tell(grid) {
  const value = single(grid);
  if (value !== null) return formatNumber(value);
  const all = grid.flat();
  if (all.length <= MOST_TOLD) return all.map((entry) => formatNumber(entry)).join(", ");
  return `${grid.length} by ${grid[0]?.length ?? 0} numbers`;
}

/** Edges of the graph, and what travels along them: values forward, gradients back. */

import { cutStart, moveAside, pointAt } from "../../layout/curve.js";
import { nameEdge, readGrid } from "../../layout/entries.js";
import { formatNumber, toNumber } from "../../layout/number.js";
import { beadRadius, lineWidth } from "../../layout/scale.js";
import { writePlain } from "../../layout/symbols.js";
import { textWidth } from "../../layout/text.js";
import { during } from "../moment.js";
import { drawTag } from "../units.js";
import { drawParcel, largest, single } from "./parcel.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./graph.js").Stage} Stage */
/** @typedef {import("../../layout/layout.js").GraphEdgePlace} GraphEdgePlace */
/** @typedef {import("../../layout/trace.js").Num} Num */
/** @typedef {import("../../layout/layout.js").Box} Box */
/** @typedef {import("./parcel.js").Side} Side */

/** When a value that travels forward has arrived, as progress of its beat. */
export const ARRIVED = 0.66;
/** When a message meets the local derivative, and when it is there. */
const [MEETS, LANDS] = [0.42, 0.84];
const SIZE = 13;
const PLATE = 23;
const LEGEND = [0.01, 0.1, 1, 10];

/** @param {Stage} stage @returns {Mark[]} */
export function drawEdges(stage) {
  const { layout, story, lit, at } = stage;
  return layout.edges.flatMap((edge) => {
    const marked = lit.has(edge.id) || lit.has(edge.from) || lit.has(edge.to);
    const reached = at(story.value.get(edge.to)) > 0;
    /** @type {Mark[]} */
    const marks = [
      { key: `edge:${edge.id}`, shape: "curve", curve: edge.curve, stroke: marked ? "ink" : reached ? "ink-2" : "ink-3", strokeWidth: marked ? 2 : reached ? 1.5 : 1.25, opacity: reached || marked ? 0.9 : 0.5, fill: "none" },
    ];
    const back = during(at(story.message.get(edge.id)), 0, LANDS);
    const size = messageSize(stage, edge);
    if (back > 0 && size !== 0) {
      const aside = moveAside(edge.curve, 4);
      marks.push({ key: `gradient:${edge.id}`, shape: "curve", curve: back < 1 ? cutStart(aside, 1 - back) : aside, stroke: "backward", strokeWidth: gradientWidth(size), opacity: 0.8, fill: "none" });
    }
    return marks;
  });
}

/** How wide the line of a gradient is. @param {Num} size */
function gradientWidth(size) {
  return 1 + (lineWidth(size) - 1) * 0.6;
}

/**
 * What the widths mean, under the graph, once there are any.
 * @param {Stage} stage
 * @returns {Mark[]}
 */
export function drawLegend({ layout, story, at }) {
  const opacity = Math.max(0, ...[...story.outputs].map((id) => at(story.grad.get(id))));
  if (layout.down || opacity <= 0) return [];
  const y = layout.picture.height + 34;
  const start = (layout.picture.width - LEGEND.length * 54) / 2;
  return LEGEND.flatMap((value, i) => {
    const left = start + i * 54 + 8;
    return [
      { key: `legend:${i}`, shape: /** @type {const} */ ("path"), d: `M${left} ${y}h38`, stroke: "backward", strokeWidth: gradientWidth(value), fill: "none", opacity: 0.8 * opacity },
      { key: `legend:${i}:value`, shape: /** @type {const} */ ("text"), x: left + 19, y: y + 19, text: formatNumber(value), size: 12, anchor: /** @type {const} */ ("middle"), fill: "ink-3", opacity },
    ];
  });
}

/** The largest entry of what comes back along an edge. @param {Stage} stage @param {GraphEdgePlace} edge */
function messageSize({ trace, nodes, messages }, edge) {
  const [message, source] = [messages.get(edge.id), nodes.get(edge.from)];
  return message && source ? largest(readGrid(trace, source, message.value)) : 0;
}

/** What is on its way in the beat that is on. @param {Stage} stage @returns {Mark[]} */
export function drawTraffic(stage) {
  const { beat, layout, u } = stage;
  if (u >= 1) return [];
  const names = new Set(beat.edges.map(({ to, input }) => nameEdge(to, input)));
  const edges = layout.edges.filter(({ id }) => names.has(id));
  if (beat.kind !== "node" && beat.kind !== "messages") return [];
  const sides = chooseSides(edges, layout.down);
  if (beat.kind === "node") return edges.flatMap((edge, i) => drawValue(stage, edge, sides[i].side, u));
  return [...drawLocals(stage, edges, sides, u), ...edges.flatMap((edge, i) => drawMessage(stage, edge, sides[i].side, u))];
}

/**
 * Where the numbers of edges that come together are written: outside of the first and the last.
 * @param {GraphEdgePlace[]} edges
 * @param {boolean} down
 * @returns {{side: Side, outer: boolean}[]}
 */
function chooseSides(edges, down) {
  const across = edges.map(({ curve }) => pointAt(curve, 0.5)[down ? "x" : "y"]);
  const [first, last] = [across.indexOf(Math.min(...across)), across.lastIndexOf(Math.max(...across))];
  return edges.map((_, i) => {
    const before = edges.length > 1 && i === first;
    return { side: down ? (before ? "left" : "right") : before ? "above" : "below", outer: edges.length > 1 && (i === first || i === last) };
  });
}

/** @param {Stage} stage @param {GraphEdgePlace} edge @param {Side} side @param {number} u @returns {Mark[]} */
function drawValue({ trace, nodes }, edge, side, u) {
  const source = nodes.get(edge.from);
  if (!source) return [];
  return drawParcel(`bead:${edge.id}`, pointAt(edge.curve, during(u, 0, ARRIVED)), readGrid(trace, source, source.value), {
    token: "forward",
    signed: true,
    opacity: 1 - during(u, ARRIVED - 0.04, ARRIVED + 0.06),
    side,
  });
}

/** @param {Stage} stage @param {GraphEdgePlace} edge @param {Side} side @param {number} u @returns {Mark[]} */
function drawMessage({ trace, nodes, messages }, edge, side, u) {
  const [message, source, user] = [messages.get(edge.id), nodes.get(edge.from), nodes.get(edge.to)];
  if (!message || !source || !user || u <= 0) return [];
  const [before, after] = [readGrid(trace, user, user.grad), readGrid(trace, source, message.value)];
  const [upstream, product] = [single(before), single(after)];
  const where = pointAt(edge.curve, 1 - during(u, 0, LANDS));
  const [from, to] = [beadRadius(largest(before)), beadRadius(largest(after))];
  const marks = drawParcel(`bead:${edge.id}`, where, u < MEETS ? before : after, {
    token: "backward",
    radius: from + (to - from) * during(u, MEETS - 0.06, MEETS + 0.1),
    opacity: 1 - during(u, LANDS, LANDS + 0.1),
    side,
  });
  // A zero slope swallows what comes.
  const swallowed = upstream !== null && toNumber(upstream) !== 0 && product !== null && toNumber(product) === 0;
  if (swallowed && u > MEETS) {
    const t = during(u, MEETS, LANDS);
    marks.push({ key: `swallow:${edge.id}`, shape: "circle", ...pointAt(edge.curve, 0.5), r: 5 + 14 * t, stroke: "backward", strokeWidth: 2, fill: "none", opacity: 1 - t });
  }
  return marks;
}

/**
 * The local derivatives of the op, each at the middle of its edge, where the bead comes by.
 * @param {Stage} stage
 * @param {GraphEdgePlace[]} edges
 * @param {{side: Side, outer: boolean}[]} sides
 * @param {number} u
 */
function drawLocals(stage, edges, sides, u) {
  const opacity = during(u, 0.06, 0.2) * (1 - during(u, LANDS - 0.1, LANDS + 0.04));
  if (opacity <= 0) return [];
  return edges.flatMap((edge, i) => {
    const text = writeLocal(stage, edge);
    if (text === null) return [];
    const w = textWidth(text, SIZE) + 14;
    const [start, { x, y }, end] = [0, 0.5, 1].map((t) => pointAt(edge.curve, t));
    const { side, outer } = sides[i];
    // Beyond the number of the bead wherever that comes by, else across from it.
    const beside = side === "above" ? Math.min(start.y, end.y) - 36 : outer ? Math.max(start.y, end.y) + 40 : y - 24;
    // Downward, under the node that the message goes to.
    const place = stage.layout.down ? { x: start.x, y: start.y + 15 } : clearNodes(stage, edge, { x, y: beside }, w);
    return drawPlate(`local:${edge.id}`, { ...place, w, h: PLATE }, text, opacity);
  });
}

/**
 * Where an edge is too short for its plate, the plate goes over or under the nodes at both ends.
 * @param {Stage} stage
 * @param {GraphEdgePlace} edge
 * @param {{x: number, y: number}} place
 * @param {number} w
 */
function clearNodes({ layout }, edge, place, w) {
  const room = pointAt(edge.curve, 1).x - pointAt(edge.curve, 0).x;
  if (w + 12 <= room) return place;
  const ends = [edge.from, edge.to].flatMap((id) => layout.nodes.get(id) ?? []);
  const above = Math.min(...ends.map(({ y, h }) => y - h / 2)) - PLATE / 2 - 6;
  const below = Math.max(...ends.map(({ y, h }) => y + h / 2)) + PLATE / 2 + 6;
  return { x: place.x, y: place.y <= pointAt(edge.curve, 0.5).y ? Math.min(above, place.y) : Math.max(below, place.y) };
}

/**
 * The derivative by an input as its formula and number, as far as plain text can tell.
 * @param {Stage} stage
 * @param {GraphEdgePlace} edge
 */
function writeLocal({ trace, nodes, messages }, edge) {
  const [message, user] = [messages.get(edge.id), nodes.get(edge.to)];
  if (!message || !user) return null;
  const local = single(readGrid(trace, user, message.local));
  const formula = writePlain(message.local_latex ?? "");
  if (local === null) return formula ? `\u00d7 ${formula}` : null;
  const number = formatNumber(local);
  const told = formula && formula !== number && formula.length <= 12;
  const whole = told && /[+\u2212]/.test(formula.slice(1)) ? `(${formula})` : formula;
  return told ? `\u00d7 ${whole} = ${number}` : `\u00d7 ${number}`;
}

/** @param {string} key @param {Box} box @param {string} text @param {number} opacity @returns {Mark[]} */
function drawPlate(key, { x, y, w, h }, text, opacity) {
  return [
    { key, shape: "rect", x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 6, fill: "loss-tint", stroke: "loss", strokeWidth: 1, opacity },
    { key: `${key}:text`, shape: "text", x, y: y + SIZE * 0.36, text, size: SIZE, weight: 600, anchor: "middle", fill: "loss", opacity },
  ];
}

/**
 * Edges that are pointed at or selected tell what came back along them: upstream times local.
 * @param {Stage} stage
 * @returns {Mark[]}
 */
export function drawLitEdges(stage) {
  const { layout, lit, story, trace, nodes, messages, at } = stage;
  return layout.edges.flatMap((edge) => {
    const [message, source, user] = [messages.get(edge.id), nodes.get(edge.from), nodes.get(edge.to)];
    if (!lit.has(edge.id) || !message || !source || !user || at(story.message.get(edge.id)) < 1) return [];
    const [upstream, local, product] = [readGrid(trace, user, user.grad), readGrid(trace, user, message.local), readGrid(trace, source, message.value)].map(single);
    if (product === null) return [];
    const factors = upstream === null || local === null ? "" : `${formatNumber(upstream)} \u00d7 ${formatNumber(local)} = `;
    const text = factors + formatNumber(product, { sign: true });
    return drawTag(`told:${edge.id}`, { ...pointAt(edge.curve, 0.5), w: textWidth(text, SIZE) + 14, h: PLATE }, text, SIZE, 1);
  });
}

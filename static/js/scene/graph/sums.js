/** Messages that wait at a fork until all have come, and then add up. */

import { readGrid } from "../../layout/entries.js";
import { formatNumber } from "../../layout/number.js";
import { textWidth } from "../../layout/text.js";
import { during } from "../moment.js";
import { drawTag } from "../units.js";
import { drawParcel, single } from "./parcel.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./graph.js").Stage} Stage */

const SIZE = 13;
const HEIGHT = 22;
const MOST = 6;

/**
 * Beside every node that several messages come to, those that are there, the first on top; in the
 * node's sum they move into it.
 * @param {Stage} stage
 * @returns {Mark[]}
 */
export function drawSums(stage) {
  const { layout, story, nodes, messages, trace, at } = stage;
  return [...story.sum].flatMap(([id, beat]) => {
    const [place, node, u] = [layout.nodes.get(id), nodes.get(id), at(beat)];
    if (!place || !node || u >= 1) return [];
    const there = layout.edges
      .filter((edge) => edge.from === id && messages.has(edge.id))
      .map((edge) => ({ id: edge.id, arrived: during(at(story.message.get(edge.id)), 0.84, 1), value: messages.get(edge.id)?.value }))
      .filter(({ arrived }) => arrived > 0)
      .slice(0, MOST);
    const gather = during(u, 0.1, 0.7);
    return there.flatMap(({ id: edge, arrived, value }, i) => {
      const grid = readGrid(trace, node, value);
      const number = single(grid);
      const text = number === null ? "" : formatNumber(number, { sign: true });
      const w = textWidth(text, SIZE) + 12;
      const pitch = number === null ? Math.min(8, grid.length) * 7 + 10 : HEIGHT + 2;
      const home = layout.down ? { x: place.out.x, y: place.out.y + 16 } : { x: place.out.x + (number === null ? 16 : w / 2) + 6, y: place.out.y };
      const from = { x: home.x, y: home.y + i * pitch };
      const spot = { x: from.x + (place.x - from.x) * gather, y: from.y + (place.y + place.h / 2 - 12 - from.y) * gather };
      const opacity = arrived * (1 - during(u, 0.62, 0.78));
      if (number === null) return drawParcel(`waiting:${edge}`, spot, grid, { token: "backward", opacity });
      return opacity > 0 ? drawTag(`waiting:${edge}`, { ...spot, w, h: HEIGHT }, text, SIZE, opacity) : [];
    });
  });
}

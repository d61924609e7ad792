/** Draws maps of the plane, curves and points onto a canvas that has been cleared. */

import { curvePath } from "../scene/training/fit.js";
import { makeScale, paintCells, paintClasses, paintShares } from "../scene/training/pixels.js";
import { classToken, MOST_CLASSES, shapePath } from "../scene/training/shapes.js";

/** @typedef {import("../layout/layout.js").Box} Box */
/** @typedef {import("../state/training/maps.js").Map2} Map2 */
/** @typedef {import("../scene/training/pixels.js").Palette} Palette */
/** @typedef {{x: [number, number], y: [number, number]}} Ranges */
/** @typedef {{x: number, y: number, label: number | null, share: number | null, held: boolean}} Spot in pixels; `share` colors it where it has no class, if it can */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {(token: string) => string} resolve the color behind a token, as `rgb(…)`
 */
export function createMapPainter(canvas, resolve) {
  const context = canvas.getContext("2d");
  /** One small canvas per size of map: pixels go there first, to be stretched from there. @type {Map<string, {canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, image: ImageData}>} */
  const tiles = new Map();
  /** @type {{palette: Palette, scale: Uint8ClampedArray} | null} */
  let colors = null;

  const look = () => {
    if (colors) return colors;
    const rgb = (/** @type {string} */ token) => /** @type {[number, number, number]} */ ((resolve(token).match(/[\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number));
    const classes = Array.from({ length: MOST_CLASSES }, (_, label) => rgb(classToken(label)));
    const palette = { ground: rgb("raise"), low: rgb("negative"), high: rgb("positive"), classes };
    return (colors = { palette, scale: makeScale(palette) });
  };

  /** @param {number} wide @param {number} tall */
  const tile = (wide, tall) => {
    const found = tiles.get(`${wide} ${tall}`);
    if (found) return found;
    const made = document.createElement("canvas");
    [made.width, made.height] = [wide, tall];
    const within = made.getContext("2d");
    if (!within) throw new Error("no canvas");
    const next = { canvas: made, context: within, image: within.createImageData(wide, tall) };
    tiles.set(`${wide} ${tall}`, next);
    return next;
  };

  /** @param {[number, number]} size @param {Box} box @param {(pixels: Uint8ClampedArray) => void} paint @param {boolean} [smooth] */
  const stretch = ([wide, tall], { x, y, w, h }, paint, smooth = true) => {
    if (!context) return;
    const { canvas: small, context: within, image } = tile(wide, tall);
    paint(image.data);
    within.putImageData(image, 0, 0);
    context.globalAlpha = 1;
    context.imageSmoothingEnabled = smooth;
    context.drawImage(small, x - w / 2, y - h / 2, w, h);
  };

  return {
    /** Colors are looked up anew. */
    forget: () => void (colors = null),
    /** @param {Map2} map @param {Box} box @param {(value: number) => number} share @param {boolean} [steps] */
    shares(map, box, share, steps = false) {
      const { scale } = look();
      stretch([map.size, map.size], box, (pixels) => paintShares(pixels, map, share, scale, steps));
    },
    /** @param {Map2[]} maps @param {Box} box */
    classes(maps, box) {
      const { palette } = look();
      stretch([maps[0].size, maps[0].size], box, (pixels) => paintClasses(pixels, maps, palette));
    },
    /** Numbers as cells, row by row from the top. @param {readonly number[]} values @param {number} columns @param {Box} box @param {(value: number) => number} share */
    cells(values, columns, box, share) {
      if (values.length === 0) return;
      const { scale } = look();
      stretch([columns, values.length / columns], box, (pixels) => paintCells(pixels, values, share, scale), columns > box.w);
    },
    /** @param {Map2} map @param {Box} box @param {[number, number]} range @param {{token: string, width: number}} line */
    curve(map, box, range, { token, width }) {
      if (!context) return;
      context.globalAlpha = 1;
      context.fillStyle = resolve("raise");
      context.fillRect(box.x - box.w / 2, box.y - box.h / 2, box.w, box.h);
      context.strokeStyle = resolve(token);
      context.lineWidth = width;
      context.lineJoin = "round";
      context.stroke(new Path2D(curvePath(map, box, range)));
    },
    /** @param {Spot[]} spots @param {number} r */
    points(spots, r) {
      if (!context) return;
      const { scale } = look();
      context.globalAlpha = 1;
      /** @type {Map<string, {color: string, held: boolean, paths: string[]}>} */
      const alike = new Map();
      for (const { x, y, label, share, held } of spots) {
        const level = (Math.round(Math.min(1, Math.max(-1, share ?? 0)) * 8) / 8 + 1) * 64;
        const color = label === null && share === null ? resolve("ink-2") : label === null ? `rgb(${scale[level * 3]} ${scale[level * 3 + 1]} ${scale[level * 3 + 2]})` : resolve(classToken(label));
        const name = `${color} ${held}`;
        const group = alike.get(name) ?? { color, held, paths: [] };
        group.paths.push(shapePath(label ?? 1, x, y, held ? r * 0.85 : r));
        alike.set(name, group);
      }
      const edge = resolve(spots[0]?.label === null && spots[0].share !== null ? "ink-2" : "paper");
      for (const { color, held, paths } of alike.values()) {
        const path = new Path2D(paths.join(""));
        // What is held out is hollow: a ground's shape with the class around it.
        context.lineWidth = held ? 4.2 : 1.4;
        context.strokeStyle = edge;
        context.fillStyle = held ? resolve("paper") : color;
        if (held) context.stroke(path);
        context.fill(path);
        context.lineWidth = held ? 1.9 : 1.4;
        context.strokeStyle = held ? color : edge;
        context.stroke(path);
      }
    },
    /** Rings around some of the points. @param {{x: number, y: number}[]} spots @param {number} r */
    rings(spots, r) {
      if (!context || spots.length === 0) return;
      context.globalAlpha = 1;
      context.strokeStyle = resolve("ink");
      context.lineWidth = 1.5;
      context.stroke(new Path2D(spots.map(({ x, y }) => shapePath(1, x, y, r)).join("")));
    },
  };
}

/** Draws the many, edges and beads, on a canvas under the rest of the picture. */

/** @typedef {import("../scene/marks.js").Mark} Mark */

/** Opacities are rounded to so many steps, so that many marks share one path. */
const STEPS = 16;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {(token: string) => string} resolve the color behind a token
 * @returns {{draw(marks: readonly Mark[], size: {width: number, height: number, ratio: number}): void, add(marks: readonly Mark[]): void}}
 *   `add` draws over what is there
 */
export function createCanvasPainter(canvas, resolve) {
  const context = canvas.getContext("2d");
  return {
    draw(marks, { width, height, ratio }) {
      if (!context) return;
      const [wide, tall] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (canvas.width !== wide) canvas.width = wide;
      if (canvas.height !== tall) canvas.height = tall;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      for (const alike of groupAlike(marks)) paint(context, alike, resolve);
    },
    add(marks) {
      if (context) for (const alike of groupAlike(marks)) paint(context, alike, resolve);
    },
  };
}

/**
 * Marks that look alike, in the order in which their kinds first appear: one path for all of them
 * is several times faster than one each, as long as it is thin.
 * @param {readonly Mark[]} marks
 * @returns {Mark[][]}
 */
export function groupAlike(marks) {
  /** @type {Map<string, Mark[]>} */
  const groups = new Map();
  for (const mark of marks) {
    const alone = (mark.strokeWidth ?? 0) > 1.5 ? mark.key : "";
    const name = `${mark.fill} ${mark.stroke} ${mark.strokeWidth} ${steps(mark)} ${alone}`;
    const group = groups.get(name);
    if (group) group.push(mark);
    else groups.set(name, [mark]);
  }
  return [...groups.values()];
}

/** @param {Mark} mark */
function steps({ opacity = 1 }) {
  return Math.ceil(opacity * STEPS);
}

/** @param {CanvasRenderingContext2D} context @param {Mark[]} alike @param {(token: string) => string} resolve */
function paint(context, alike, resolve) {
  const [{ fill, stroke, strokeWidth = 1 }] = alike;
  context.globalAlpha = steps(alike[0]) / STEPS;
  context.beginPath();
  for (const mark of alike) trace(context, mark);
  if (fill && fill !== "none") {
    context.fillStyle = resolve(fill);
    context.fill();
  }
  if (stroke) {
    context.strokeStyle = resolve(stroke);
    context.lineWidth = strokeWidth;
    context.stroke();
  }
}

/** @param {CanvasRenderingContext2D} context @param {Mark} mark */
function trace(context, { shape, curve: c, x = 0, y = 0, r = 0, width = 0, height = 0 }) {
  if (c) {
    context.moveTo(c[0], c[1]);
    for (let i = 2; i < c.length; i += 6) context.bezierCurveTo(c[i], c[i + 1], c[i + 2], c[i + 3], c[i + 4], c[i + 5]);
  } else if (shape === "circle") {
    context.moveTo(x + r, y);
    context.arc(x, y, r, 0, 2 * Math.PI);
  } else if (shape === "rect") {
    context.rect(x, y, width, height);
  }
}

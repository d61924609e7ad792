/** Draws the many, edges and beads, on a canvas under the rest of the picture. */

/** @typedef {import("../scene/marks.js").Mark} Mark */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {(token: string) => string} resolve the color behind a token
 * @returns {{draw(marks: readonly Mark[], size: {width: number, height: number, ratio: number}): void}}
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
      for (const mark of marks) drawMark(context, mark, resolve);
    },
  };
}

/** @param {CanvasRenderingContext2D} context @param {Mark} mark @param {(token: string) => string} resolve */
function drawMark(context, mark, resolve) {
  context.globalAlpha = mark.opacity ?? 1;
  context.beginPath();
  if (mark.curve) {
    const c = mark.curve;
    context.moveTo(c[0], c[1]);
    context.bezierCurveTo(c[2], c[3], c[4], c[5], c[6], c[7]);
  } else if (mark.shape === "circle") {
    context.arc(mark.x ?? 0, mark.y ?? 0, mark.r ?? 0, 0, 2 * Math.PI);
  } else if (mark.shape === "rect") {
    context.rect(mark.x ?? 0, mark.y ?? 0, mark.width ?? 0, mark.height ?? 0);
  }
  if (mark.fill && mark.fill !== "none") {
    context.fillStyle = resolve(mark.fill);
    context.fill();
  }
  if (mark.stroke) {
    context.strokeStyle = resolve(mark.stroke);
    context.lineWidth = mark.strokeWidth ?? 1;
    if (mark.d) context.stroke(new Path2D(mark.d));
    else context.stroke();
  }
}

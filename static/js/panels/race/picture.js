/** An SVG picture that knows how large it is. */

import { signal } from "@preact/signals-core";
import { createSvgPainter } from "../../render/svg.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {HTMLElement} surface that the picture fills
 * @param {Record<string, string>} attributes
 */
export function makePicture(surface, attributes) {
  const svg = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  surface.append(svg);
  const size = signal({ width: 0, height: 0 });
  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = surface;
    if (width === size.peek().width && height === size.peek().height) return;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    size.value = { width, height };
  }).observe(surface);
  return { svg, size, painter: createSvgPainter(svg) };
}

/** A racer's marker, as it stands beside its name. */

import { drawMarker, laneToken } from "../../scene/race/lanes.js";

const SVG = "http://www.w3.org/2000/svg";

/** @param {number} lane @returns {SVGSVGElement} */
export function makeBadge(lane) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "badge");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", drawMarker(lane, 10, 10, 6.5));
  path.setAttribute("fill", `var(--${laneToken(lane)})`);
  svg.append(path);
  return svg;
}

/** Draws marks as SVG: one element per key, attributes written only where they changed. */

/** @typedef {import("../scene/marks.js").Mark} Mark */
/** @typedef {{element: SVGElement, shape: string, mark: Mark | null}} Drawn */

const SVG = "http://www.w3.org/2000/svg";
const ELEMENTS = { curve: "path", path: "path", circle: "circle", rect: "rect", text: "text" };

/** Fields that become attributes as they are. */
const PLAIN = /** @type {const} */ ([
  ["r", "r"],
  ["width", "width"],
  ["height", "height"],
  ["rx", "rx"],
  ["d", "d"],
  ["strokeWidth", "stroke-width"],
  ["dash", "stroke-dasharray"],
  ["opacity", "opacity"],
  ["size", "font-size"],
  ["weight", "font-weight"],
  ["anchor", "text-anchor"],
  ["tone", "class"],
  ["id", "data-id"],
  ["label", "aria-label"],
]);

/**
 * @param {SVGElement} parent
 * @returns {{draw(marks: readonly Mark[]): void, find(id: string): SVGElement | null}}
 */
export function createSvgPainter(parent) {
  /** @type {Map<string, Drawn>} */
  const drawn = new Map();
  return {
    draw(marks) {
      const keys = new Set(marks.map(({ key }) => key));
      for (const [key, { element }] of drawn) {
        if (keys.has(key)) continue;
        element.remove();
        drawn.delete(key);
      }
      let place = parent.firstChild;
      for (const mark of marks) {
        let kept = drawn.get(mark.key);
        if (!kept || kept.shape !== mark.shape) {
          kept?.element.remove();
          if (place === kept?.element) place = place?.nextSibling ?? null;
          kept = { element: createElement(mark), shape: mark.shape, mark: null };
          drawn.set(mark.key, kept);
        }
        writeChanges(kept, mark);
        if (place === kept.element) place = place.nextSibling;
        else parent.insertBefore(kept.element, place);
      }
    },
    find: (id) => drawn.get(`handle:${id}`)?.element ?? null,
  };
}

/** @param {Mark} mark */
function createElement({ shape, id }) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, ELEMENTS[shape]));
  if (id === undefined) return element;
  element.setAttribute("role", "button");
  element.setAttribute("tabindex", "-1");
  return element;
}

/** @param {Drawn} kept @param {Mark} mark */
function writeChanges(kept, mark) {
  const { element, mark: old } = kept;
  if (old === mark) return;
  for (const [field, name] of PLAIN) {
    if (!old || old[field] !== mark[field]) write(element, name, mark[field]);
  }
  if (old?.fill !== mark.fill || !old) write(element, "fill", color(mark.fill) ?? "none");
  if (old?.stroke !== mark.stroke || old?.halo !== mark.halo || !old) writeStroke(element, mark);
  if (mark.shape === "curve" && old?.curve !== mark.curve && mark.curve) write(element, "d", writePath(mark.curve));
  if (old?.x !== mark.x) write(element, mark.shape === "circle" ? "cx" : "x", mark.x);
  if (old?.y !== mark.y) write(element, mark.shape === "circle" ? "cy" : "y", mark.y);
  if (old?.text !== mark.text || old?.raised !== mark.raised || old?.lowered !== mark.lowered) writeText(element, mark);
  if (old?.italic !== mark.italic) write(element, "font-style", mark.italic ? "italic" : undefined);
  kept.mark = mark;
}

/** @param {SVGElement} element @param {Mark} mark */
function writeText(element, { text, raised, lowered }) {
  element.textContent = text ?? "";
  const aside = raised ?? lowered;
  if (aside === undefined) return;
  const small = /** @type {SVGElement} */ (document.createElementNS(SVG, "tspan"));
  small.textContent = aside;
  for (const [name, value] of [["dy", raised === undefined ? "0.3em" : "-0.45em"], ["dx", "0.08em"], ["font-size", "0.78em"], ["font-style", "normal"]]) small.setAttribute(name, value);
  element.append(small);
}

/** @param {SVGElement} element @param {Mark} mark */
function writeStroke(element, { stroke, halo }) {
  write(element, "stroke", color(halo ?? stroke));
  write(element, "paint-order", halo ? "stroke" : undefined);
  if (halo) {
    write(element, "stroke-width", 4);
    write(element, "stroke-linejoin", "round");
  }
}

/** Colors are tokens, so a change of theme needs no new picture. @param {string | undefined} token */
function color(token) {
  return token === undefined || token === "none" || token === "transparent" ? token : `var(--${token})`;
}

/** @param {readonly number[]} c */
function writePath(c) {
  return `M${c[0]} ${c[1]}C${c.slice(2).join(" ")}`;
}

/** @param {SVGElement} element @param {string} name @param {string | number | undefined} value */
function write(element, name, value) {
  if (value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, typeof value === "number" ? String(Math.round(value * 100) / 100) : value);
}

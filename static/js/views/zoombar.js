/** Buttons for those who cannot or would not turn a wheel. */

const SVG = "http://www.w3.org/2000/svg";
const STEP = 1.25;
const PATHS = {
  closer: "M12 6v12M6 12h12",
  farther: "M6 12h12",
  all: "M5 9V5h4M15 5h4v4M19 15v4h-4M9 19H5v-4",
  follow: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 3v5M12 16v5M3 12h5M16 12h5",
};

/**
 * @param {{zoom(factor: number): void, fit(): void}} actions
 * @returns {{element: HTMLElement, show(look: {hidden: boolean, whole: boolean}): void}} `whole`:
 *   everything is in view, so that the last button leads back to the beat
 */
export function makeZoombar({ zoom, fit }) {
  const element = document.createElement("div");
  element.className = "zoombar";
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", "Zoom");
  const last = makeButton(fit);
  element.append(
    name(makeButton(() => zoom(STEP)), "Closer", PATHS.closer),
    name(makeButton(() => zoom(1 / STEP)), "Farther", PATHS.farther),
    last,
  );
  return {
    element,
    show({ hidden, whole }) {
      element.hidden = hidden;
      const title = whole ? "Follow the beat" : "Show all";
      if (last.title !== title) name(last, title, whole ? PATHS.follow : PATHS.all);
    },
  };
}

/** @param {() => void} act */
function makeButton(act) {
  const button = document.createElement("button");
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

/** @param {HTMLButtonElement} button @param {string} title @param {string} d */
function name(button, title, d) {
  const [svg, path] = [document.createElementNS(SVG, "svg"), document.createElementNS(SVG, "path")];
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", d);
  for (const [attribute, value] of [["fill", "none"], ["stroke", "currentColor"], ["stroke-width", "2"], ["stroke-linecap", "round"], ["stroke-linejoin", "round"]]) path.setAttribute(attribute, value);
  svg.append(path);
  button.title = title;
  button.setAttribute("aria-label", title);
  button.replaceChildren(svg);
  return button;
}

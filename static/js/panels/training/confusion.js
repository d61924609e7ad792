/** Which classes are taken for which. */

import { effect } from "@preact/signals-core";
import { classToken, MOST_CLASSES, shapePath } from "../../scene/training/shapes.js";
import { h } from "../dom.js";

/** @typedef {import("../../state/training/store.js").Training} Training */

const SVG = "http://www.w3.org/2000/svg";
const INTERVAL = 200;
/** With more in the names of all classes, their columns have only shapes. */
const MOST_LETTERS = 24;

/** @param {Training} training */
export function makeConfusion({ state }) {
  const table = h("table", { class: "confusion" });
  const section = h("section", { "aria-label": "Confusion" }, h("h2", {}, "Which class is taken for which"), h("p", { class: "quiet note" }, "A row for each class, a column for what the network says of it. Training samples."), h("div", { class: "rows", tabindex: "0", role: "region", "aria-label": "Confusion table" }, table));
  let due = false;
  const draw = () => {
    due = false;
    const [frame, classes] = [state.frame.peek(), state.samples.peek()?.classes ?? []];
    const counts = frame?.metrics.confusion ?? null;
    section.hidden = counts === null || classes.length !== counts.length;
    if (counts === null || section.hidden) return;
    const long = classes.join("").length > MOST_LETTERS && classes.length <= MOST_CLASSES;
    table.classList.toggle("dense", counts.length > 6 || long);
    const most = Math.max(...counts.flat(), 1);
    table.replaceChildren(
      h("caption", { class: "visually-hidden" }, "How many of each class are taken for which"),
      h("thead", {}, h("tr", {}, h("td", {}), ...classes.map((name, k) => h("th", { scope: "col", title: name }, badge(k, long ? "" : name, classes.length), long && h("span", { class: "visually-hidden" }, name))))),
      h(
        "tbody",
        {},
        ...counts.map((row, actual) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, badge(actual, classes[actual], classes.length)),
            ...row.map((count, found) => {
              const cell = h("td", { class: actual === found ? "right" : count ? "wrong" : "none" }, count);
              cell.style.setProperty("--share", `${(100 * count) / most}%`);
              return cell;
            }),
          ),
        ),
      ),
    );
  };
  effect(() => {
    void [state.frame.value, state.samples.value];
    if (!due) setTimeout(draw, INTERVAL);
    due = true;
  });
  return section;
}

/** The shape and the name of a class. @param {number} label @param {string} name @param {number} count */
export function badge(label, name, count) {
  if (count > MOST_CLASSES) return h("span", { class: "badge" }, name);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "-8 -8 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", shapePath(label, 0, 0, 5));
  path.style.fill = `var(--${classToken(label)})`;
  svg.append(path);
  return h("span", { class: "badge" }, svg, name);
}

/** A number that may be left out. */

import { h } from "../dom.js";
import { checkField, numberField } from "../fields.js";

/**
 * A check, and the number once it is on.
 * @param {Omit<import("../fields.js").NumberOptions, "read" | "commit"> & {check: string, start: number,
 *   read: () => number | null, commit: (value: number | null) => void}} options
 * @returns {import("../options.js").Field}
 */
export function optionalField({ check, start, read, commit, ...rest }) {
  const on = checkField({ label: check, name: `${rest.name}: ${check}`, read: () => read() !== null, commit: (wanted) => commit(wanted ? start : null) });
  if (read() === null) {
    on.element.querySelector("input")?.setAttribute("data-pointer", rest.pointer ?? "");
    return on;
  }
  const number = numberField({ ...rest, read: () => read() ?? start, commit });
  return {
    element: h("div", { class: "optional" }, on.element, number.element),
    dispose() {
      on.dispose();
      number.dispose();
    },
  };
}

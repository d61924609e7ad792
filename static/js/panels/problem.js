/** What the server refuses, said beside the control it is about. */

import { h } from "./dom.js";
import { explain } from "./fields.js";

/** @typedef {import("../state/state.js").Problem} Problem */
/** @typedef {import("../state/state.js").ProblemEntry} ProblemEntry */

/**
 * Put each complaint beside the control it is about, and take those from before back.
 * @param {HTMLElement} body
 * @param {ProblemEntry[]} complaints
 * @returns {ProblemEntry[]} those that are about no control
 */
export function placeComplaints(body, complaints) {
  for (const control of body.querySelectorAll("[data-refused]")) {
    control.removeAttribute("data-refused");
    explain(control, noteOf(control), null);
  }
  const controls = [...body.querySelectorAll("[data-pointer]")];
  const pointerOf = (/** @type {Element} */ control) => control.getAttribute("data-pointer") ?? "";
  return complaints.filter(({ pointer, detail }) => {
    const exact = [pointer, pointer.replace(/^\/network\//, "/network/spec/")];
    const near = controls.filter((control) => exact.some((place) => place.startsWith(pointerOf(control))));
    const control = near.sort((a, b) => pointerOf(b).length - pointerOf(a).length)[0];
    if (!control) return true;
    control.closest("details")?.setAttribute("open", "");
    control.setAttribute("data-refused", "");
    explain(control, noteOf(control), detail);
    return false;
  });
}

/**
 * Complaints beside their controls, the rest on top.
 * @param {HTMLElement} body
 * @param {HTMLElement} alert
 * @param {Problem | null} problem
 */
export function showProblem(body, alert, problem) {
  const rest = placeComplaints(body, problem?.errors ?? []);
  alert.hidden = problem === null;
  alert.replaceChildren(...(problem ? tell(problem, rest) : []));
}

/**
 * @param {Problem} problem
 * @param {ProblemEntry[]} rest the complaints that stand nowhere else
 * @returns {HTMLElement[]}
 */
export function tell(problem, rest) {
  const details = problem.errors.length === 0 ? [problem.detail] : rest.map(({ detail }) => detail);
  return [h("strong", {}, problem.title), ...details.map((text) => h("p", {}, text)), h("p", {}, "The picture still shows the last run that worked.")];
}

/** @param {Element} control */
function noteOf(control) {
  const note = document.getElementById(control.getAttribute("aria-describedby") ?? "");
  if (!note) throw new Error("a control without a note");
  return note;
}

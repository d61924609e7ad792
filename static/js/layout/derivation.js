/** How a gradient became a step, as lines to read: symbols once, numbers for every axis beneath. */

/** @typedef {import("./trace.js").Num} Num */
/** @typedef {{name: string, meaning: string, latex: string, latex_numbers: string, value: Num}} RuleLine */
/** @typedef {{name: string, before: Num, grad: Num, lines: RuleLine[], after: Num, delta: Num}} AxisStep */
/** @typedef {{axis: string, way: string | null, result: string, value: Num}} Reading `way` leads to `result`, both LaTeX */
/** @typedef {{name: string, meaning: string, symbols: string, tone: "backward" | "forward" | "loss" | "update", readings: Reading[]}} DerivationLine */

/**
 * @param {readonly AxisStep[]} axes
 * @param {readonly string[]} kept names of what the optimizer keeps from step to step
 * @returns {DerivationLine[]}
 */
export function deriveStep(axes, kept) {
  const lines = axes[0]?.lines ?? [];
  return lines.map(({ name, meaning, latex }, i) => {
    const tone = i === lines.length - 1 ? "update" : kept.includes(name) ? "forward" : "loss";
    const readings = axes.map((axis) => ({ axis: axis.name, ...splitResult(axis.lines[i].latex_numbers, tone), value: axis.lines[i].value }));
    const [first, ...others] = readings;
    // What depends on the step's number alone is the same for every axis, and said once.
    const same = others.length > 0 && others.every(({ way, result }) => way === first.way && result === first.result);
    return { name, meaning, symbols: latex, tone, readings: same ? [{ ...first, axis: "" }] : readings };
  });
}

/**
 * The numbers of a line, and its result as a pill; what it is the value of is said above.
 * @param {string} latex such as `m = 0.9 \cdot 2 = 1.8`
 * @param {string} tone
 * @returns {{way: string | null, result: string}}
 */
export function splitResult(latex, tone) {
  const parts = latex.split(" = ");
  const result = parts.at(-1) ?? "";
  const way = parts.slice(1, -1).join(" = ");
  return { way: way === "" || way === result ? null : way, result: `\\htmlClass{pill ${tone}}{${result}}` };
}

/** What a line gives a value to. @param {string} latex */
export function nameLine(latex) {
  return latex.split(" = ")[0];
}

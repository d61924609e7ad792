/** The text of an expression: its words, for coloring, and the names that need a value. */

/** @typedef {{kind: "number" | "call" | "name" | "assigned" | "sign" | "end" | "space" | "other", text: string}} Word */

const WORD =
  /(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|(?<assign>(?:\*\*|[-+*/])?=)|(?<sign>\*\*|[-+*/(),])|(?<end>[;\n])|(?<space>[^\S\n]+)|(?<other>.)/gsu;
const ASSIGNMENT = /^[^\S\n]*(?:\*\*|[-+*/])?=(?!=)/;
const CALL = /^[^\S\n]*\(/;

/**
 * The words that make up the text, nothing left out. Whether they make sense is for the server to say.
 * @param {string} text
 * @returns {Word[]}
 */
export function splitWords(text) {
  return Array.from(text.matchAll(WORD), (match) => {
    const rest = text.slice(match.index + match[0].length);
    const [kind] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? ["other"];
    return { kind: /** @type {Word["kind"]} */ (refine(kind, rest)), text: match[0] };
  });
}

/** @param {string} kind @param {string} rest */
function refine(kind, rest) {
  if (kind === "assign") return "sign";
  if (kind !== "name") return kind;
  return ASSIGNMENT.test(rest) ? "assigned" : CALL.test(rest) ? "call" : "name";
}

/**
 * The names whose values come from outside, in the order of their first use.
 * @param {string} text
 * @returns {string[]}
 */
export function listNames(text) {
  /** @type {Set<string>} */
  const assigned = new Set();
  /** @type {Set<string>} */
  const names = new Set();
  /** @type {string | null} */
  let target = null;
  const words = splitWords(text).filter(({ kind }) => kind !== "space");
  words.forEach(({ kind, text: name }, i) => {
    if (kind === "end" && target !== null) {
      assigned.add(target);
      target = null;
    }
    if (kind === "assigned") target = name;
    const read = kind === "name" || (kind === "assigned" && words[i + 1].text !== "=");
    if (read && !assigned.has(name)) names.add(name);
  });
  return [...names];
}

/**
 * Offsets as JavaScript counts them, from offsets that count whole characters.
 * @param {string} text
 * @param {number} position
 * @param {number} length
 * @returns {{start: number, end: number}}
 */
export function findPlace(text, position, length) {
  const characters = Array.from(text);
  const start = characters.slice(0, position).join("").length;
  return { start, end: start + characters.slice(position, position + length).join("").length };
}

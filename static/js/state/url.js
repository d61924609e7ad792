/** The state in the address: small, readable where it can be, and never sent to the server. */

/** @typedef {import("./state.js").Question} Question */
/** @typedef {import("./state.js").Catalog} Catalog */

/**
 * @param {Question} question
 * @param {{view: string, opened?: string | null, playhead: number}} look
 * @param {Catalog} catalog
 * @returns {string} starts with #
 */
export function writeFragment(question, look, catalog) {
  const fields = new URLSearchParams();
  const preset = catalog.presets.find(({ name }) => name === question.preset);
  if (preset && sameQuestion(question, preset)) fields.set("preset", preset.name);
  else {
    const { network, inputs, targets, optimizer } = question;
    fields.set("state", encode({ network, inputs, targets, optimizer }));
  }
  if (question.sample) fields.set("sample", String(question.sample));
  if (look.view !== "network") fields.set("view", look.view);
  if (look.opened) fields.set("unit", look.opened);
  fields.set("at", String(Math.round(look.playhead * 1000) / 1000));
  return `#${fields}`;
}

/**
 * @param {string} fragment
 * @param {Catalog} catalog
 * @returns {{question: Question, view: string | null, opened: string | null, playhead: number} | null} null when the
 *   fragment says nothing that can be read
 */
export function readFragment(fragment, catalog) {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const preset = catalog.presets.find(({ name }) => name === fields.get("preset"));
  const source = preset ?? decodeQuestion(fields.get("state"));
  if (!source || !catalog.presets.some(({ network }) => isLike(network.spec, source.network.spec))) return null;
  const { network, inputs, targets, optimizer } = source;
  const sample = whole(fields.get("sample"), (inputs.length ?? 1) - 1);
  const at = Number(fields.get("at") ?? 1);
  return {
    question: { network, inputs, targets, optimizer, sample, preset: preset?.name ?? null },
    view: fields.get("view"),
    opened: fields.get("unit"),
    playhead: Number.isFinite(at) && at >= 0 ? at : 1,
  };
}

/**
 * Whether a question is a preset as it came, apart from what the server has filled in.
 * @param {Question} question
 * @param {import("./state.js").Preset} preset
 */
function sameQuestion(question, preset) {
  const given = preset.network.parameters ?? {};
  const now = question.network.parameters ?? {};
  return (
    question.network.step === (preset.network.step ?? 0) &&
    JSON.stringify([question.inputs, question.targets, question.optimizer]) ===
      JSON.stringify([preset.inputs, preset.targets, preset.optimizer]) &&
    Object.keys(given).every((name) => JSON.stringify(given[name]) === JSON.stringify(now[name]))
  );
}

/** @param {string | null} text @param {number} most */
function whole(text, most) {
  const value = Number(text ?? 0);
  return Number.isInteger(value) ? Math.min(most, Math.max(0, value)) : 0;
}

/** A value as text that can stand in an address. @param {unknown} value */
export function encode(value) {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The value behind such a text, null where there is none. @param {string | null} text @returns {any} */
export function decode(text) {
  if (!text) return null;
  try {
    const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(raw, (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

/** @param {string | null} text @returns {any} */
function decodeQuestion(text) {
  const value = decode(text);
  if (!value?.network?.spec || !value.optimizer?.name) return null;
  const fits = isExpression(value.network.spec) ? hasNames(value) : hasRows(value);
  return fits ? value : null;
}

/** @param {any} value */
function hasRows({ inputs, targets }) {
  return [inputs, targets].every((part) => Array.isArray(part) && part.length > 0 && part.every(Array.isArray));
}

/** @param {any} value */
function hasNames({ network, inputs }) {
  const named = [inputs, network.parameters].every(
    (part) => part && !Array.isArray(part) && Object.values(part).every(Number.isFinite),
  );
  return named && typeof network.spec.expression === "string";
}

/** @param {any} spec */
function isExpression(spec) {
  return spec.kind === "expression";
}

/** Whether the same room shows both. @param {any} one @param {any} other */
function isLike(one, other) {
  return isExpression(one) === isExpression(other);
}

/** The training room in the address. */

import { decode, encode } from "../url.js";
import { isOwn, openSetup } from "./setup.js";

/** @typedef {import("./setup.js").Setup} Setup */
/** @typedef {import("./setup.js").Catalog} Catalog */
/** @typedef {{setup: Setup, document: any, pace: string}} Linked */

/** Longer addresses are cut off here and there. */
const MOST = 60_000;

/**
 * @param {Linked} now
 * @param {Catalog} catalog
 * @returns {string | null} starts with #; null when it would be too long for an address
 */
export function writeLink({ setup, document, pace }, catalog) {
  const parts = { setup: compact(setup, catalog), pace };
  const trained = document?.step ? document : null;
  for (const kept of trained ? [trained, null] : [null]) {
    const link = `#training=${encode({ ...parts, ...(kept && { document: withoutSpec(kept) }) })}`;
    if (link.length <= MOST) return link;
  }
  return null;
}

/**
 * @param {string} fragment
 * @param {Catalog} catalog
 * @returns {Linked | null} null when it says nothing that can be read
 */
export function readLink(fragment, catalog) {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const named = catalog.setups.find(({ name }) => name === fields.get("setup"));
  if (named) return { setup: openSetup(named), document: null, pace: "" };
  const value = decode(fields.get("training"));
  const setup = value?.setup && expand(value.setup, catalog);
  if (!setup || !isSetup(setup)) return null;
  return { setup, document: isDocument(value.document) ? { ...value.document, spec: setup.spec } : null, pace: String(value.pace) };
}

/** What differs from a setup of the catalog. @param {Setup} setup @param {Catalog} catalog */
function compact(setup, catalog) {
  const { data } = setup;
  const entry = isOwn(data) ? undefined : catalog.setups.find(({ name }) => name === data.dataset);
  if (!entry) return setup;
  const model = /** @type {any} */ (openSetup(entry));
  const changed = Object.entries(setup).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(model[name]));
  return { of: entry.name, ...Object.fromEntries(changed) };
}

/** @param {any} value @param {Catalog} catalog @returns {any} */
function expand({ of, ...changed }, catalog) {
  const entry = catalog.setups.find(({ name }) => name === of) ?? (of === undefined ? catalog.setups[0] : undefined);
  return entry && { ...openSetup(entry), ...changed };
}

/** @param {any} document */
function withoutSpec({ spec: _, ...rest }) {
  return rest;
}

/** @param {any} setup @returns {setup is Setup} */
function isSetup({ data, spec, optimizer, features, clip, stop }) {
  const rows = (/** @type {unknown} */ value) => Array.isArray(value) && value.length > 0 && value.every((row) => Array.isArray(row) && row.every(Number.isFinite));
  const texts = (/** @type {unknown} */ value) => Array.isArray(value) && value.every((text) => typeof text === "string");
  const readable = data && ("own" in data ? rows(data.inputs) && rows(data.targets) && texts(data.columns) && texts(data.classes) && texts(data.outputs) && (data.labels === null || Array.isArray(data.labels)) : typeof data.dataset === "string");
  const dense = Array.isArray(spec?.layers) && spec.layers.length > 0;
  const recurrent = spec?.kind === "recurrent" && typeof spec.cell === "string" && [spec.inputs, spec.units, spec.outputs].every(Number.isInteger);
  return readable && (dense || recurrent) && typeof optimizer?.name === "string" && (features === null || texts(features)) && clip !== null && typeof clip === "object" && stop !== null && typeof stop === "object";
}

/** @param {any} document */
function isDocument(document) {
  return document && typeof document.parameters === "object" && Number.isInteger(document.step);
}

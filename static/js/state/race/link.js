/** The race in the address: short for a race as it came, whole for one that was changed. */

import { LANES } from "../../scene/race/lanes.js";
import { decode, encode } from "../url.js";
import { findOwn, isSlice, listEntries, setUpFunction, writeEntry } from "./setup.js";

/** @typedef {import("./setup.js").Setup} Setup */
/** @typedef {import("./setup.js").RaceCatalog} RaceCatalog */
/** @typedef {{playhead: number, focus: number | null, view: string}} Look */

const MOST_STEPS = 2000;
/** Longer addresses are cut off here and there. */
const LONGEST = 60_000;

/** @param {Setup} setup @param {Look} look @param {RaceCatalog} catalog @returns {string} starts with # */
export function writeRaceLink(setup, { playhead, focus, view }, catalog) {
  const fields = new URLSearchParams();
  const { surface } = setup;
  const plain = "function" in surface && JSON.stringify(setUpFunction(catalog, surface.function)) === JSON.stringify(setup);
  if (plain) fields.set("surface", surface.function);
  else if ("network" in surface) fields.set("slice", encode(setup));
  else fields.set("race", JSON.stringify(setup));
  fields.set("at", String(Math.round(playhead * 100) / 100));
  if (focus !== null) fields.set("racer", String(focus + 1));
  if (view !== "map") fields.set("view", view);
  return `#${fields}`;
}

/** @param {string} fragment @param {RaceCatalog} catalog @returns {{setup: Setup, look: Look} | null} null when it says nothing that can be read */
export function readRaceLink(fragment, catalog) {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const named = catalog.surfaces.find(({ name }) => name === fields.get("surface"));
  const setup = named ? setUpFunction(catalog, named.name) : readSetup(parse(fields.get("race")) ?? decode(fields.get("slice")), catalog);
  if (!setup) return null;
  const at = fields.get("at") === null ? NaN : Number(fields.get("at"));
  const lane = Number(fields.get("racer")) - 1;
  const view = fields.get("view") === "table" ? "table" : "map";
  return { setup, look: { playhead: at >= 0 && at <= setup.steps ? at : setup.steps, focus: setup.racers.some((racer) => racer.lane === lane) ? lane : null, view } };
}

/**
 * A link to the race as it stands.
 * @param {Setup} setup @param {Look} look @param {RaceCatalog} catalog
 * @param {string} address of the room
 * @returns {{link: string, kept: boolean} | {problem: import("../state.js").Problem}}
 */
export function makeRaceLink(setup, look, catalog, address) {
  const { href } = new URL(writeRaceLink(setup, look, catalog), address);
  return href.length <= LONGEST ? { link: href, kept: false } : { problem: TOO_LONG };
}

export const TOO_LONG = { title: "This is too much for a link", detail: "The network and its data are longer than an address may be. Fewer units or rows fit.", errors: [] };

/** @param {string | null} text @returns {any} */
function parse(text) {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return null;
  }
}

/** @param {any} value @param {RaceCatalog} catalog @returns {Setup | null} */
function readSetup(value, catalog) {
  try {
    const { surface, start, steps, batch, racers, scale } = value;
    const isWhole = (/** @type {unknown} */ value) => Number.isInteger(value) && Number(value) > 0;
    const lanes = racers.map((/** @type {any} */ { lane }) => lane);
    const fits =
      isSurface(surface, catalog) &&
      start.length === 2 &&
      start.every(Number.isFinite) &&
      isWhole(steps) &&
      steps <= MOST_STEPS &&
      (batch === null || isWhole(batch)) &&
      racers.length > 0 &&
      new Set(lanes).size === lanes.length &&
      lanes.every((/** @type {unknown} */ lane) => Number.isInteger(lane) && Number(lane) >= 0 && Number(lane) < LANES) &&
      racers.every((/** @type {any} */ { choice }) => catalog.optimizers.some(({ name }) => name === choice.name)) &&
      (scale === "log" || scale === "linear");
    return fits ? { surface, start, steps, batch, racers: racers.map((/** @type {any} */ { lane, choice }) => ({ lane, choice })), scale } : null;
  } catch {
    return null;
  }
}

/** @param {any} surface @param {RaceCatalog} catalog */
function isSurface(surface, catalog) {
  if ("function" in surface) return catalog.surfaces.some(({ name }) => name === surface.function);
  if ("expression" in surface) return typeof surface.expression === "string";
  const own = isSlice(surface) ? findOwn(surface, catalog) : null;
  const known = own?.data && own.network?.spec ? listEntries(own.network).map(writeEntry) : [];
  return surface.axes.length === 2 && surface.axes.every((/** @type {any} */ entry) => known.includes(writeEntry(entry)));
}

/** From a training to a race of optimizers on its own loss. */

import { makeRaceLink, TOO_LONG } from "../race/link.js";
import { setUpOwn } from "../race/setup.js";
import { isRecurrent } from "../sequences.js";
import { writeData } from "./request.js";

/** @typedef {import("./store.js").Training} Training */

/**
 * An address of the room of optimizers, which races from the network as it is now.
 * @param {Training["state"]} state
 * @param {string} address of this room
 * @returns {ReturnType<typeof makeRaceLink> | null} null where there is no such race
 */
export function makeRaceAddress({ catalog, setup, samples, document, selection }, address) {
  const [now, data, network] = [setup.peek(), samples.peek(), document.peek()];
  if (!data || !network || isRecurrent(network.spec)) return null;
  const own = { network, data: writeData(now, data, catalog), batch: now.batch_size, choice: now.optimizer, selection: selection.peek() };
  const race = setUpOwn(own, /** @type {import("../race/setup.js").RaceCatalog} */ (/** @type {unknown} */ (catalog)));
  const look = { playhead: 25, focus: null, view: "map" };
  const made = makeRaceLink(race, look, /** @type {any} */ (catalog), new URL("/optimizers", address).href);
  return "problem" in made ? { problem: TOO_LONG } : made;
}

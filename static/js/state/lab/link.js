/** The lab in the address. */

import { readForm, formOf } from "./form.js";

/** @typedef {import("./store.js").Question} Question */
/** @typedef {import("./store.js").LabView} LabView */
/** @typedef {import("./form.js").LabCatalog} LabCatalog */

const VIEWS = /** @type {const} */ (["z", "weights", "update", "table"]);
const CLIPS = /** @type {const} */ (["none", "norm", "value"]);

/**
 * @param {Question} question
 * @param {{view: LabView, selected: number | null}} look
 * @param {LabCatalog} catalog
 * @returns {string} starts with #
 */
export function writeLabLink({ form, clip, classic }, { view, selected }, catalog) {
  const fields = new URLSearchParams();
  const entry = catalog.classics.find(({ name }) => name === classic);
  if (entry && JSON.stringify(formOf(entry)) === JSON.stringify(form)) fields.set("classic", entry.name);
  else fields.set("form", JSON.stringify(form));
  if (clip.by !== "none") {
    fields.set("clip", clip.by);
    fields.set("at", String(clip.at));
  }
  if (view !== "z") fields.set("view", view);
  if (selected !== null) fields.set("layer", String(selected + 1));
  return `#${fields}`;
}

/**
 * @param {string} fragment
 * @param {LabCatalog} catalog
 * @returns {(Question & {view: LabView, selected: number | null}) | null} null where it says nothing that can be read
 */
export function readLabLink(fragment, catalog) {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const classic = catalog.classics.find(({ name }) => name === fields.get("classic"));
  const form = classic ? formOf(classic) : readForm(parse(fields.get("form")), catalog);
  if (!form) return null;
  const [layer, at] = [Number(fields.get("layer")), Number(fields.get("at") ?? 1)];
  return {
    form,
    classic: classic?.name ?? null,
    clip: { by: CLIPS.find((name) => name === fields.get("clip")) ?? "none", at: at > 0 && Number.isFinite(at) ? at : 1 },
    view: VIEWS.find((name) => name === fields.get("view")) ?? "z",
    selected: Number.isInteger(layer) && layer >= 1 && layer <= form.depth ? layer - 1 : null,
  };
}

/** @param {string | null} text */
function parse(text) {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return null;
  }
}

/** The lab in the address. */

import { isShown } from "../../layout/lab/quantities.js";
import { readTimeForm, usualTime } from "./cells.js";
import { readSweepForm, USUAL_SWEEP, usualBase } from "./grid.js";
import { readForm, formOf } from "./form.js";

/** @typedef {import("./store.js").Question} Question */
/** @typedef {import("./store.js").Look} Look */
/** @typedef {import("./form.js").LabCatalog} LabCatalog */

const SWEPT = /** @type {const} */ (["map", "curves", "table"]);
const MODES = /** @type {const} */ (["layers", "time", "sweep"]);
const CLIPS = /** @type {const} */ (["none", "norm", "value"]);

/**
 * @param {Question} question
 * @param {Look} look
 * @param {LabCatalog} catalog
 * @returns {string} starts with #
 */
export function writeLabLink({ form, clip, classic, time, sweep, base }, { mode, view, selected, playhead }, catalog) {
  const fields = new URLSearchParams();
  const entry = catalog.classics.find(({ name }) => name === classic);
  if (entry && JSON.stringify(formOf(entry)) === JSON.stringify(form)) fields.set("classic", entry.name);
  else fields.set("form", JSON.stringify(form));
  if (mode !== "layers") fields.set("mode", mode);
  if (JSON.stringify(time) !== JSON.stringify(usualTime(catalog))) fields.set("time", JSON.stringify(time));
  if (JSON.stringify(sweep) !== JSON.stringify(USUAL_SWEEP)) fields.set("sweep", JSON.stringify(sweep));
  if (JSON.stringify(base) !== JSON.stringify(usualBase(catalog))) fields.set("base", JSON.stringify(base));
  if (clip.by !== "none") {
    fields.set("clip", clip.by);
    fields.set("at", String(clip.at));
  }
  if (view !== "z") fields.set("view", view);
  if (selected !== null && mode !== "sweep") fields.set("layer", String(selected + 1));
  if (playhead !== null && mode !== "sweep") fields.set("playhead", String(Math.round(playhead * 100) / 100));
  return `#${fields}`;
}

/**
 * @param {string} fragment
 * @param {LabCatalog} catalog
 * @returns {(Question & Look) | null} null where it says nothing that can be read
 */
export function readLabLink(fragment, catalog) {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  // A link may say what is measured and nothing of the layers.
  const named = fields.get("classic") ?? (fields.has("mode") && !fields.has("form") ? catalog.classics[0].name : null);
  const classic = catalog.classics.find(({ name }) => name === named);
  const form = classic ? formOf(classic) : readForm(parse(fields.get("form")), catalog);
  if (!form) return null;
  const mode = MODES.find((name) => name === fields.get("mode")) ?? "layers";
  const time = readTimeForm(parse(fields.get("time")), catalog);
  const most = mode === "time" ? time.steps : form.depth;
  const view = fields.get("view") ?? "";
  const playhead = Number(fields.get("playhead") ?? NaN);
  const [layer, at] = [Number(fields.get("layer")), Number(fields.get("at") ?? 1)];
  return {
    form,
    time,
    sweep: readSweepForm(parse(fields.get("sweep"))),
    base: readForm(parse(fields.get("base")), catalog) ?? usualBase(catalog),
    mode,
    classic: classic?.name ?? null,
    clip: { by: CLIPS.find((name) => name === fields.get("clip")) ?? "none", at: at > 0 && Number.isFinite(at) ? at : 1 },
    view: isShown(view) ? view : (SWEPT.find((name) => name === view) ?? "z"),
    selected: Number.isInteger(layer) && layer >= 1 && layer <= most ? layer - 1 : null,
    playhead: playhead >= 0 && playhead < most ? playhead : null,
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

/** The inspector: where the selected number comes from, read like a derivation. */

import { computed, effect } from "@preact/signals-core";
import { formatNumber, toNumber } from "../layout/number.js";
import { locate } from "../timeline/playhead.js";
import { makeCheckButton } from "./check.js";
import { h } from "./dom.js";
import { makeEntry } from "./entry.js";
import { linkTerms, renderFormula } from "./formula.js";
import { PHASES } from "./narration.js";
import { accountNode } from "./nodes.js";
import { makeNudge } from "./nudge.js";
import { makePaths } from "./paths.js";
import { findLossMoment } from "./rows.js";
import { giveAccount, isReached } from "./rules.js";
import { makeUpdated } from "./updated.js";

/** @typedef {import("../state/store.js").Store} Store */
/** @typedef {import("../layout/trace.js").Trace} Trace */
/** @typedef {import("./rules.js").Account} Account */
/** @typedef {import("../layout/trace.js").Num} Num */

const UNREACHED = "–";

/**
 * @typedef {object} Inquiries what the inspector asks beside the run
 * @property {import("../state/inspection.js").Inspection} inspection
 * @property {import("../state/derivation.js").Derivation} [derivation]
 * @property {import("../state/nudge.js").Nudge} nudge
 * @property {import("../state/check.js").Check} check
 */

/**
 * @param {HTMLElement} element
 * @param {Store} store
 * @param {Inquiries} inquiries
 */
export function mountInspector(element, store, { inspection, derivation, nudge, check }) {
  const { state } = store;
  const body = h("div", { class: "derivation" });
  // A number is either reached or not: within a beat nothing here changes.
  const reached = computed(() => Math.floor(state.playhead.value));
  const index = computed(() => locate(state.playhead.value, state.trace.value.beats.length).index);
  const told = computed(() => {
    const [trace, id] = [state.trace.value, state.selection.value];
    return id === null ? null : trace.nodes ? accountNode(trace, id) : giveAccount(trace, id);
  });
  const known = computed(() => {
    const at = told.value?.rows.find(({ strong }) => strong)?.at ?? told.value?.grids?.[1]?.at;
    return at !== undefined && isReached(state.trace.value, reached.value, at);
  });
  const learned = computed(() => isReached(state.trace.value, reached.value, { kind: "update", layer: null }));
  element.append(body, makeEntry(inspection), ...(derivation ? [makeUpdated(derivation, learned)] : []), makeNudge(nudge, known), makePaths(inspection, known), makeCheckButton(check));
  effect(() => {
    const [trace, account, id] = [state.trace.value, told.value, state.selection.value];
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const kept = focused && body.contains(focused) ? focused.dataset.key : undefined;
    body.replaceChildren(...(account ? describe(trace, account, reached.value, optimizerRule(state)) : tellBeat(trace, index.value, reached.value)));
    if (id !== null && account?.kind === "Unit") body.append(h("button", { type: "button", class: "add open", "data-key": "open", onclick: () => store.actions.open(id) }, "Open as a graph"));
    if (kept) /** @type {HTMLElement | null} */ (body.querySelector(`[data-key="${CSS.escape(kept)}"]`))?.focus();
  });
  linkTerms(body, store);
}

/** @param {Trace} trace @param {number} index of the beat @param {number} playhead */
function tellBeat(trace, index, playhead) {
  const beat = trace.beats[index];
  const broken = trace.health.first_non_finite;
  const done = isReached(trace, playhead, findLossMoment(trace));
  const after = isReached(trace, playhead, { kind: "afterwards", layer: null });
  return [
    h("h2", {}, PHASES[beat.phase]),
    h("p", { class: "focus words", "data-phase": beat.phase }, beat.title),
    card([{ symbols: beat.latex, numbers: beat.latex_numbers, shown: true }]),
    h("p", { class: "quiet" }, beat.text),
    h("h2", {}, "This run"),
    facts([
      { latex: trace.loss_latex, text: done ? formatNumber(trace.loss, { digits: 6 }) : UNREACHED, full: done ? String(trace.loss) : "", id: trace.loss_node },
      ...(trace.loss_after === null ? [] : [{ latex: `${trace.loss_latex}_{\\text{after}}`, text: after ? formatNumber(trace.loss_after, { digits: 6 }) : UNREACHED, full: after ? String(trace.loss_after) : "", id: trace.loss_node }]),
    ]),
    broken ? h("p", { class: "problem" }, `Not finite: ${broken.node}, in the ${broken.phase} pass. Smaller weights or a smaller learning rate keep numbers in range.`) : "",
    h("p", { class: "quiet hint" }, `Select ${trace.nodes ? "a node or an edge" : "a unit, a weight or the loss"} to see where its number comes from.`),
  ];
}

/** @param {Trace} trace @param {Account} account @param {number} playhead @param {string} rule of the optimizer, in symbols */
function describe(trace, account, playhead, rule) {
  const known = (/** @type {import("./rules.js").Moment} */ at) => isReached(trace, playhead, at);
  const value = known(account.at) ? account.value : null;
  const isSigned = ["Weight", "Bias", "Parameter", "Message"].includes(account.kind);
  const focus = h("p", { class: "focus" });
  renderInline(focus, account.grids?.length ? account.latex : `${account.latex} =`);
  if (!account.grids?.length) focus.append(h("span", { class: value === null ? "" : tone(value, isSigned), title: value === null ? "not computed yet" : String(value) }, value === null ? UNREACHED : formatNumber(value, { digits: 5, sign: isSigned })));
  const rules = account.rules.map((rule) => ({ ...rule, shown: known(rule.at) }));
  const { update, contributions } = account;
  const learned = update && known({ kind: "update", layer: null });
  return [
    h("h2", {}, account.kind),
    h("div", { class: "headline" }, focus, h("span", { class: "quiet" }, account.note)),
    rules.length ? card(rules) : "",
    account.rows.length
      ? facts(account.rows.map((row) => ({ latex: row.latex, text: known(row.at) ? formatNumber(row.value, { digits: 6, sign: row.sign }) : UNREACHED, full: known(row.at) ? String(row.value) : "", id: row.id, strong: row.strong, tone: row.strong && known(row.at) ? tone(row.value, true) : "" })))
      : "",
    ...(account.grids ?? []).flatMap((grid) => showGrid(grid, known(grid.at))),
    ...(contributions && known(contributions.at) ? perSample(contributions.values, trace.sample) : []),
    ...(update ? [h("h2", {}, "Update"), ...(learned ? showUpdate(trace, update, rule) : [h("p", { class: "quiet" }, "Comes once every gradient is known.")])] : []),
  ];
}

const MOST_CELLS = 16;

/**
 * Several numbers as a small table, the first rows and columns of it.
 * @param {{latex: string, rows: Num[][]}} grid
 * @param {boolean} shown
 */
function showGrid({ latex, rows }, shown) {
  const caption = h("caption", {});
  renderInline(caption, latex);
  const cells = rows.slice(0, MOST_CELLS).map((row) => {
    const numbers = row.slice(0, MOST_CELLS).map((value) => (shown ? h("td", { title: String(value), class: tone(value, true) }, formatNumber(value, { digits: 4, sign: true })) : h("td", { "aria-label": "not computed yet" }, UNREACHED)));
    return h("tr", {}, ...numbers, row.length > MOST_CELLS && h("td", {}, "…"));
  });
  const rest = rows.length - cells.length;
  return [
    h("div", { class: "grid", tabindex: "0", role: "group", "aria-label": "Numbers" }, h("table", {}, caption, h("tbody", {}, ...cells))),
    rest > 0 || rows[0]?.length > MOST_CELLS ? h("p", { class: "quiet" }, `${rows.length} × ${rows[0].length}; the table view and the API have them all`) : "",
  ];
}

/** @param {Trace} trace @param {NonNullable<Account["update"]>} update @param {string} rule */
function showUpdate(trace, update, rule) {
  const state = /** @type {any} */ (trace.next_network)?.optimizer_state;
  const symbols = h("div", { class: "formula" });
  renderFormula(symbols, rule);
  const formula = h("div", { class: "formula" });
  renderFormula(formula, `${update.latex} \\leftarrow ${write(update.before)} ${toNumber(update.delta) < 0 ? "-" : "+"} ${write(Math.abs(toNumber(update.delta)))} = ${write(update.after)}`);
  return [
    symbols,
    formula,
    facts([
      ...update.kept.map(([name, value]) => ({ latex: keptSymbol(name), text: formatNumber(value, { digits: 6 }), full: String(value), id: "" })),
      { latex: "\\text{step}", text: formatNumber(update.delta, { digits: 6, sign: true }), full: String(update.delta), id: "", strong: true },
      ...(state && update.kept.length ? [{ latex: "t", text: String(state.t), full: String(state.t), id: "" }] : []),
    ]),
  ];
}

/** @param {import("../state/state.js").State} state */
function optimizerRule({ catalog, optimizer }) {
  return catalog.optimizers.find(({ name }) => name === optimizer.value.name)?.latex ?? "";
}

/** @param {string} name */
function keptSymbol(name) {
  const hat = /^(\w)_hat$/.exec(name);
  if (hat) return `\\hat ${hat[1]}`;
  return name.length === 1 ? name : `\\text{${name.replaceAll("_", " ")}}`;
}

/** @param {Num[]} contributions @param {number} chosen */
function perSample(contributions, chosen) {
  const most = Math.max(...contributions.map((value) => Math.abs(toNumber(value))), Number.MIN_VALUE);
  const rows = contributions.slice(0, 16).map((value, i) => {
    const bar = h("i", { class: toNumber(value) < 0 ? "negative" : "positive" });
    bar.style.width = `${(50 * Math.abs(toNumber(value))) / most || 0}%`;
    return h("li", { "aria-current": i === chosen ? "true" : undefined }, h("span", {}, `sample ${i + 1}`), h("span", { class: "bar" }, bar), h("span", { class: "number" }, formatNumber(value, { sign: true })));
  });
  const rest = contributions.length - rows.length;
  return [h("h2", {}, "Samples add up"), h("ol", { class: "samples" }, ...rows), rest > 0 ? h("p", { class: "quiet" }, `and ${rest} more`) : ""];
}

/** @param {{symbols: string, numbers: string, shown: boolean}[]} rules */
function card(rules) {
  return h(
    "div",
    { class: "card", tabindex: "0", role: "group", "aria-label": "Rule in symbols and in numbers" },
    ...rules.flatMap(({ symbols, numbers, shown }) => {
      const above = h("div", { class: "formula" });
      renderFormula(above, symbols);
      const below = h("div", { class: "formula numbers" });
      if (shown) renderFormula(below, numbers);
      return shown ? [above, below] : [above];
    }),
  );
}

/** @param {{latex: string, text: string, full: string, id: string, strong?: boolean, tone?: string}[]} rows */
function facts(rows) {
  return h(
    "dl",
    { class: "facts" },
    ...rows.map((row, i) => {
      const term = h("dt", {});
      renderInline(term, row.latex);
      const unreached = row.text === UNREACHED;
      const value = h("dd", { class: row.tone, title: row.full, tabindex: unreached ? undefined : "0", "data-key": `fact-${i}` }, row.text);
      if (unreached) value.setAttribute("aria-label", "not computed yet");
      // In focus a number shows all its digits.
      value.addEventListener("focus", () => void (value.textContent = row.full.replace("-", "\u2212")));
      value.addEventListener("blur", () => void (value.textContent = row.text));
      return h("div", { class: row.strong ? "strong" : "", "data-id": row.id || undefined }, term, value);
    }),
  );
}

/** @param {HTMLElement} element @param {string} latex */
function renderInline(element, latex) {
  const math = h("span", { class: "symbol" });
  renderFormula(math, latex);
  element.append(math);
}

/** @param {Num | null} value @param {boolean} signed */
function tone(value, signed) {
  return signed && toNumber(value) ? (toNumber(value) < 0 ? "negative" : "positive") : "";
}

/** @param {Num} value */
function write(value) {
  return formatNumber(value, { digits: 4 }).replaceAll("\u2212", "-").replace(/e(-?\d+)/, " \\cdot 10^{$1}");
}

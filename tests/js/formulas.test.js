import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import katex from "katex";
import { accountNode } from "../../static/js/panels/nodes.js";
import { giveAccount } from "../../static/js/panels/rules.js";

const options = { displayMode: true, throwOnError: true, trust: true, strict: (/** @type {string} */ code) => (code === "htmlExtension" ? "ignore" : "error") };

/** Every formula in an answer, wherever it stands. */
function listFormulas(value, key = "") {
  if (typeof value === "string") return key.includes("latex") && value ? [value] : [];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, entry]) => listFormulas(entry, Array.isArray(value) ? key : name));
}

for (const folder of ["fixtures", "graphs"]) {
  const place = new URL(`${folder}/`, import.meta.url);
  for (const file of readdirSync(place)) {
    test(`every formula of ${folder}/${file} can be typeset`, () => {
      const formulas = listFormulas(JSON.parse(readFileSync(new URL(file, place), "utf8")));
      assert.ok(formulas.length > 10);
      for (const latex of new Set(formulas)) assert.doesNotThrow(() => katex.renderToString(latex, options), latex);
    });
  }
}

/** The ids of everything that can be selected in a run. */
function listIds(trace) {
  if (trace.nodes) return trace.nodes.flatMap(({ id, inputs }) => [id, ...inputs.map((_, i) => `${id}:${i}`)]);
  return [...trace.units, ...trace.weights].map(({ id }) => id);
}

for (const folder of ["fixtures", "graphs"]) {
  const place = new URL(`${folder}/`, import.meta.url);
  for (const file of readdirSync(place)) {
    test(`what is said of any part of ${folder}/${file} can be typeset`, () => {
      const trace = JSON.parse(readFileSync(new URL(file, place), "utf8"));
      for (const id of listIds(trace)) {
        const account = trace.nodes ? accountNode(trace, id) : giveAccount(trace, id);
        assert.ok(account, id);
        const formulas = [account.latex, ...account.rules.flatMap(({ symbols, numbers }) => [symbols, numbers]), ...account.rows.map(({ latex }) => latex), ...(account.grids ?? []).map(({ latex }) => latex)];
        for (const latex of formulas) assert.doesNotThrow(() => katex.renderToString(latex, options), `${id}: ${latex}`);
      }
    });
  }
}

import assert from "node:assert/strict";
import { test } from "node:test";

import { findReading, listViews } from "../../../static/js/views/index.js";

const dense = (/** @type {object} */ layer) => ({ kind: "dense", layers: [{ units: 2 }, { units: 2, ...layer }] });
const ids = (/** @type {any} */ spec) => listViews(spec).map(({ id }) => id);

test("layers that are z and a alone are shown unit by unit", () => {
  assert.deepEqual(ids(dense({ layer_norm: false, residual: false })), ids(dense({})));
  assert.equal(ids(dense({}))[0], "network");
  assert.equal(findReading("network", dense({})), "units");
});

for (const option of ["layer_norm", "residual"]) {
  test(`a layer with ${option} is shown by its nodes`, () => {
    assert.ok(!ids(dense({ [option]: true })).includes("network"));
    assert.equal(findReading("network", dense({ [option]: true })), "nodes");
  });
}

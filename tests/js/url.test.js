import assert from "node:assert/strict";
import { test } from "node:test";
import { readFragment, writeFragment } from "../../static/js/state/url.js";

const preset = {
  name: "first",
  title: "First",
  summary: "",
  network: { spec: { inputs: 1 }, parameters: { "layer1.weight": [[0.5]] }, step: 0 },
  inputs: [[2], [3]],
  targets: [[0], [1]],
  optimizer: { name: "o", learning_rate: 0.1 },
};
const catalog = /** @type {any} */ ({ presets: [preset] });
const question = { network: preset.network, inputs: preset.inputs, targets: preset.targets, optimizer: preset.optimizer, sample: 1, preset: "first" };

test("a preset goes by its name", () => {
  const fragment = writeFragment(question, { view: "network", playhead: 6.7004 }, catalog);
  assert.equal(fragment, "#preset=first&sample=1&at=6.7");
  const found = readFragment(fragment, catalog);
  assert.deepEqual(found, { question, view: null, opened: null, playhead: 6.7 });
});

test("what was changed travels whole, letters beyond ASCII included", () => {
  const changed = { ...question, optimizer: { name: "ö→", learning_rate: 1e-300 }, preset: "first" };
  const fragment = writeFragment(changed, { view: "table", playhead: 0 }, catalog);
  assert.match(fragment, /^#state=[\w-]+&sample=1&view=table&at=0$/);
  const found = readFragment(fragment, catalog);
  assert.deepEqual(found?.question, { ...changed, preset: null });
  assert.equal(found?.view, "table");
});

test("a fragment that says nothing is nothing", () => {
  for (const fragment of ["", "#", "#stage", "#preset=unknown", "#state=%%%", "#state=bnVsbA", "#state=e30"]) {
    assert.equal(readFragment(fragment, catalog), null, fragment);
  }
});

test("a sample or a moment out of range is brought back into it", () => {
  const found = readFragment("#preset=first&sample=99&at=-4", catalog);
  assert.equal(found?.question.sample, 1);
  assert.equal(found?.playhead, 1);
});

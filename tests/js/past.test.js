import assert from "node:assert/strict";
import { test } from "node:test";
import { createPast } from "../../static/js/state/past.js";

const begin = (most) => {
  const held = { now: 0, canUndo: { value: false }, canRedo: { value: false } };
  const past = createPast({ read: () => held.now, pose: (value) => void (held.now = value), canUndo: held.canUndo, canRedo: held.canRedo, most });
  const edit = (value, during) => {
    past.keep(during);
    held.now = value;
  };
  return { held, past, edit, can: () => [held.canUndo.value, held.canRedo.value] };
};

test("an edit is undone and done again, and told as possible", () => {
  const { held, past, edit, can } = begin();
  assert.deepEqual(can(), [false, false]);
  past.undo();
  edit(1);
  edit(2);
  assert.deepEqual(can(), [true, false]);
  past.undo();
  assert.deepEqual([held.now, ...can()], [1, true, true]);
  past.undo();
  assert.deepEqual([held.now, ...can()], [0, false, true]);
  past.redo();
  past.redo();
  past.redo();
  assert.deepEqual([held.now, ...can()], [2, true, false]);
});

test("a new edit has no future", () => {
  const { held, past, edit, can } = begin();
  edit(1);
  past.undo();
  edit(5);
  assert.deepEqual(can(), [true, false]);
  past.redo();
  assert.equal(held.now, 5);
});

test("a gesture is undone at once, up to where the hand let go", () => {
  const { held, past, edit } = begin();
  for (const value of [1, 2, 3]) edit(value, "slide");
  assert.ok(past.goesOn("slide") && !past.goesOn("other") && !past.goesOn(null));
  past.settle();
  for (const value of [4, 5]) edit(value, "slide");
  past.undo();
  assert.equal(held.now, 3);
  past.undo();
  assert.equal(held.now, 0);
  past.redo();
  edit(9, "slide");
  past.undo();
  assert.equal(held.now, 3, "what was done again is no part of a gesture");
});

test("no more is kept than was said", () => {
  const { held, past, edit } = begin(3);
  for (let value = 1; value <= 9; value += 1) edit(value);
  for (let i = 0; i < 9; i += 1) past.undo();
  assert.equal(held.now, 6);
});

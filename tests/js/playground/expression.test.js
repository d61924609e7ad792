import assert from "node:assert/strict";
import { test } from "node:test";
import { findPlace, listNames, splitWords } from "../../../static/js/state/expression.js";

test("the words make up the text, whatever it is", () => {
  for (const text of ["", "f = (x + y) * z", "a**b;c\n\n +=1e-3", "ℯ = 3 𝑥 # ?", "x == y", "f(", "\0", "1.5.2e"]) {
    assert.equal(splitWords(text).map((word) => word.text).join(""), text);
  }
});

test("a name that is called or assigned is told from one that is read", () => {
  const kinds = splitWords("f = g (x) + 2").filter(({ kind }) => kind !== "space");
  assert.deepEqual(kinds.map(({ kind }) => kind), ["assigned", "sign", "call", "sign", "name", "sign", "sign", "number"]);
});

test("names need a value unless they were assigned on a line before", () => {
  const cases = {
    "f = (x + y) * z": ["x", "y", "z"],
    "c = a + b\nc += c + a": ["a", "b"],
    "c = c + 1": ["c"],
    "c += 1; d = c": ["c"],
    "q = x; f = q * x": ["x"],
    "f = g + 1\ng = 2": ["g"],
    "f(x1) * 2e3": ["x1"],
    "x == y": ["x", "y"],
    "": [],
  };
  for (const [text, names] of Object.entries(cases)) assert.deepEqual(listNames(text), names, text);
});

test("a place counted in whole characters is found in the text", () => {
  assert.deepEqual(findPlace("x + y", 4, 1), { start: 4, end: 5 });
  assert.deepEqual(findPlace("𝑥 + 𝑦 + z", 4, 1), { start: 5, end: 7 });
  assert.deepEqual(findPlace("x +", 3, 1), { start: 3, end: 3 });
});

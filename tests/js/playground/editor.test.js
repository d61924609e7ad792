import assert from "node:assert/strict";
import { test } from "node:test";
import { locateComplaints } from "../../../static/js/panels/playground/editor.js";

const complaint = { pointer: "/network/spec/expression", detail: "expected a number", code: "syntax" };

test("a complaint about a place says its line and its character", () => {
  const text = "q = x + y\nf = q * foo(z)";
  const [located] = locateComplaints([{ ...complaint, position: 18, length: 3 }], text);
  assert.equal(located.detail, "Line 2, character 9: expected a number.");
  assert.equal(located.pointer, complaint.pointer);
});

test("the end of the text is a place, and so is its beginning", () => {
  const say = (text, position) => locateComplaints([{ ...complaint, position, length: 1 }], text)[0].detail;
  assert.match(say("f = x *", 7), /^Line 1, character 8:/);
  assert.match(say("f = x\n", 6), /^Line 2, character 1:/);
  assert.match(say("", 0), /^Line 1, character 1:/);
});

test("a complaint without a place stays as it is", () => {
  assert.deepEqual(locateComplaints([complaint], "f = x"), [complaint]);
});

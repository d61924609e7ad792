import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, write } from "../../static/js/panels/fields.js";

test("a field reads back every digit it shows", () => {
  for (const value of [0, 2, -0.5, 0.123456789, -0.00001, -1.5e-7, 1e21, 12345678, 4294967295, 1 / 3]) {
    assert.deepEqual(parse(write(value), {}), { value, complaint: null });
  }
});

test("a field says what is wrong with a number", () => {
  assert.equal(parse("abc", {}).complaint, "Type a number.");
  assert.equal(parse("", { integer: true }).complaint, "Type a whole number.");
  assert.equal(parse("1.5", { integer: true }).complaint, "Type a whole number.");
  assert.equal(parse("0", { minimum: 1 }).complaint, "At least 1.");
  assert.equal(parse("0", { above: 0 }).complaint, "More than 0.");
  assert.equal(parse("1", { below: 1 }).complaint, "Less than 1.");
});

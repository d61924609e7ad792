import assert from "node:assert/strict";
import { test } from "node:test";

import { formatNumber } from "../../../static/js/layout/number.js";

const cases = [
  [0, {}, "0"],
  [-0, {}, "0"],
  [1, {}, "1"],
  [0.5, { sign: true }, "+0.5"],
  [-0.5, { sign: true }, "\u22120.5"],
  [0, { sign: true }, "0"],
  [-1.23456, {}, "\u22121.23"],
  [0.0012345, {}, "0.00123"],
  [0.00012345, {}, "1.23e\u22124"],
  [1234.5, {}, "1235"],
  [123456, {}, "1.23e5"],
  [9.999, {}, "10"],
  [99999.6, { digits: 3 }, "1e5"],
  [1 / 3, { digits: 6 }, "0.333333"],
  [100, { digits: 1 }, "100"],
  ["NaN", {}, "NaN"],
  ["Infinity", { sign: true }, "+\u221e"],
  ["-Infinity", {}, "\u2212\u221e"],
  [null, {}, "NaN"],
];

for (const [value, options, text] of cases) {
  test(`${value} is written ${text}`, () => assert.equal(formatNumber(value, options), text));
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { createParser } from "../../../static/js/api/stream.js";
import { measureRate } from "../../../static/js/state/training/effects.js";

test("the speed is told over a while, however frames come", () => {
  const seen = [];
  const rates = [[0, 0], [10, 1], [20, 1000], [30, 1001], [40, 2000], [50, 2001], [60, 3000]].map(([step, time]) => {
    seen.push({ step, time });
    return measureRate(seen);
  });
  assert.deepEqual(rates.slice(0, 2), [null, null]);
  assert.ok(rates.slice(2).every((rate) => rate !== null && rate >= 15 && rate <= 35), String(rates));
  assert.ok(seen.length <= 5);
});

test("events come out whole however the text is cut", () => {
  const text = 'event: frame\ndata: {"step": 1}\n\n: keep-alive\n\nevent: end\ndata: {"reason":\ndata: "steps"}\n\n';
  for (const size of [1, 3, 7, text.length]) {
    const parse = createParser();
    const events = [];
    for (let at = 0; at < text.length; at += size) events.push(...parse(text.slice(at, at + size)));
    assert.deepEqual(events, [
      { name: "frame", data: { step: 1 } },
      { name: "end", data: { reason: "steps" } },
    ]);
  }
});

test("lines may end as they like, and what is not finished waits", () => {
  const parse = createParser();
  assert.deepEqual(parse("event: frame\r\ndata: 5\r\n"), []);
  assert.deepEqual(parse("\r\n"), [{ name: "frame", data: 5 }]);
  assert.deepEqual(parse("data: 6\n\n"), [{ name: "message", data: 6 }]);
});

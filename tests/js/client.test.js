import assert from "node:assert/strict";
import { test } from "node:test";
import { HEADERS, post } from "../../static/js/api/client.js";

/** @param {number[]} statuses of one answer after the other */
function answer(...statuses) {
  /** @type {any[]} */
  const asked = [];
  Object.assign(globalThis, {
    fetch: async (/** @type {string} */ url, /** @type {any} */ request) => {
      if (request.signal.aborted) throw request.signal.reason;
      asked.push([url, request]);
      const status = statuses.shift() ?? 200;
      return { ok: status === 200, status, json: async () => ({ title: String(status), detail: "" }) };
    },
  });
  return asked;
}

test("a page says which of many it is", async () => {
  const asked = answer();
  await post("/x", {}, new AbortController().signal);
  assert.equal(asked[0][0], "/api/v1/x");
  assert.equal(asked[0][1].headers, HEADERS);
  assert.match(HEADERS["retrograd-client"], /^[a-z0-9]{24}$/);
});

test("what passes by itself is tried again", async () => {
  for (const status of [429, 503]) {
    const asked = answer(status);
    const result = await post("/x", { a: 1 }, new AbortController().signal);
    assert.deepEqual(result, { answer: { title: "200", detail: "" } });
    assert.equal(asked.length, 2);
    assert.deepEqual(asked[1], asked[0]);
  }
});

test("what does not pass is told", async () => {
  const asked = answer(422);
  const result = await post("/x", {}, new AbortController().signal);
  assert.equal("problem" in result && result.problem.title, "422");
  assert.equal(asked.length, 1);
  answer(429, 429, 429, 429, 200);
  const refused = await post("/x", {}, new AbortController().signal);
  assert.equal("problem" in refused && refused.problem.title, "429");
});

test("a question that is not asked any more is not tried again", async () => {
  const asked = answer(503, 503, 503);
  const going = new AbortController();
  const result = post("/x", {}, going.signal);
  setTimeout(() => going.abort(), 20);
  await assert.rejects(result);
  assert.equal(asked.length, 1);
});

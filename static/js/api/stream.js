/** Server-sent events over fetch, which unlike EventSource can post and can be aborted. */

import { HEADERS } from "./client.js";

/** @typedef {{name: string, data: any}} StreamEvent */

const END = /\r\n\r\n|\n\n|\r\r/;

/**
 * Cuts text that comes in pieces into events. Comments, which keep a connection open, are no events.
 * @returns {(text: string) => StreamEvent[]}
 */
export function createParser() {
  let rest = "";
  return (text) => {
    const blocks = (rest + text).split(END);
    rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => readEvent(block));
  };
}

/** @param {string} block @returns {StreamEvent[]} */
function readEvent(block) {
  let name = "message";
  const data = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === "event") name = value;
    else if (field === "data") data.push(value);
  }
  return data.length ? [{ name, data: JSON.parse(data.join("\n")) }] : [];
}

/**
 * The events of a stream. A refusal is an event named `problem`; to leave the loop or to abort ends
 * the work behind it.
 * @param {string} path below /api/v1
 * @param {unknown} body
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<StreamEvent, void>} throws when aborted and when the connection is lost
 */
export async function* openStream(path, body, signal) {
  const response = await fetch(`/api/v1${path}`, {
    method: "POST",
    headers: { ...HEADERS, accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok || !response.body) {
    const problem = await response.json();
    yield { name: "problem", data: { errors: [], ...problem, wait: Number(response.headers.get("retry-after")) || null } };
    return;
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parse = createParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parse(decoder.decode(value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Calls the API; a refusal is a value, not an exception. */

/** @typedef {{title: string, detail: string, errors: {pointer: string, detail: string, code: string}[]}} Problem */

const UNREACHABLE = {
  title: "The server cannot be reached",
  detail: "The last picture stays. Check the connection, then change anything to try again.",
  errors: [],
};

/**
 * What every request carries. Many people may share one address; the name tells this page from the
 * others as long as it is open, is written down nowhere, and means nothing else.
 */
export const HEADERS = { "content-type": "application/json", "retrograd-client": makeName() };

/** Asked too often, or too busy: what passes by itself. */
const PASSING = [429, 503];
/** How long to wait before each further try, in milliseconds. */
const WAITS = [150, 400, 1000];

function makeName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(36).padStart(2, "0")).join("");
}

/**
 * @param {string} path below /api/v1
 * @param {unknown} body
 * @param {AbortSignal} signal
 * @returns {Promise<{answer: any} | {problem: Problem}>} rejects only when aborted
 */
export async function post(path, body, signal) {
  try {
    const response = await send(path, body, signal);
    const value = await response.json();
    return response.ok ? { answer: value } : { problem: { errors: [], ...value } };
  } catch (error) {
    if (signal.aborted) throw error;
    return { problem: UNREACHABLE };
  }
}

/**
 * What is answered with a text, such as a table.
 * @param {string} path below /api/v1
 * @param {unknown} body
 * @returns {Promise<{text: string} | {problem: Problem}>}
 */
export async function fetchText(path, body) {
  try {
    const response = await send(path, body);
    return response.ok ? { text: await response.text() } : { problem: { errors: [], ...(await response.json()) } };
  } catch {
    return { problem: UNREACHABLE };
  }
}

/** @param {string} path @param {unknown} body @param {AbortSignal} [signal] */
async function send(path, body, signal) {
  const request = { method: "POST", headers: HEADERS, body: JSON.stringify(body), signal };
  let response = await fetch(`/api/v1${path}`, request);
  for (const wait of WAITS) {
    if (!PASSING.includes(response.status)) break;
    await new Promise((resolve) => setTimeout(resolve, wait));
    response = await fetch(`/api/v1${path}`, request);
  }
  return response;
}

/** Calls the API; a refusal is a value, not an exception. */

/** @typedef {{title: string, detail: string, errors: {pointer: string, detail: string, code: string}[]}} Problem */

const UNREACHABLE = {
  title: "The server cannot be reached",
  detail: "The last picture stays. Check the connection, then change anything to try again.",
  errors: [],
};

/**
 * @param {string} path below /api/v1
 * @param {unknown} body
 * @param {AbortSignal} signal
 * @returns {Promise<{answer: any} | {problem: Problem}>} rejects only when aborted
 */
export async function post(path, body, signal) {
  try {
    const response = await fetch(`/api/v1${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal,
    });
    const value = await response.json();
    return response.ok ? { answer: value } : { problem: { errors: [], ...value } };
  } catch (error) {
    if (signal.aborted) throw error;
    return { problem: UNREACHABLE };
  }
}

/** Drawing spread over animation frames, so that none of them has to hold all of it. */

/**
 * @param {(callback: () => void) => number} requestFrame
 * @param {(() => void)[]} draws what is drawn, one part per frame, in turn
 * @returns {() => void} says that all parts have something new to draw; each draws the newest when its turn comes
 */
export function takeTurns(requestFrame, draws) {
  const due = draws.map(() => false);
  let first = 0;
  let waiting = false;
  const wait = () => {
    if (waiting) return;
    waiting = true;
    requestFrame(() => {
      waiting = false;
      const turn = draws.map((_, i) => (first + i) % draws.length).find((at) => due[at]) ?? 0;
      due[turn] = false;
      first = turn + 1;
      if (due.includes(true)) wait();
      draws[turn]();
    });
  };
  return () => {
    due.fill(true);
    wait();
  };
}

/** The page's only clock for motion. */

/**
 * @param {(callback: () => void) => number} requestFrame
 * @param {() => number} now in milliseconds
 * @returns {{start(tick: (elapsed: number) => void): void, stop(): void, readonly running: boolean}}
 */
export function createClock(requestFrame, now) {
  let run = 0;
  let running = false;
  return {
    start(tick) {
      const mine = ++run;
      let last = now();
      running = true;
      const frame = () => {
        if (mine !== run) return;
        const time = now();
        const elapsed = time - last;
        last = time;
        tick(elapsed);
        if (mine === run) requestFrame(frame);
      };
      requestFrame(frame);
    },
    stop() {
      run++;
      running = false;
    },
    get running() {
      return running;
    },
  };
}

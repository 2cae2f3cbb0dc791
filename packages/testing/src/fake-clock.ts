import { install } from "@sinonjs/fake-timers";

/** Time that stands still until a test moves it. */
export interface FakeClock extends Disposable {
  /** Moves time on, firing what falls due in order, and lets promises settle in between. */
  tick(ms: number): Promise<void>;
  /** Milliseconds since time stopped. */
  readonly elapsed: number;
}

/** Replaces timers, `Date` and `performance.now` until disposed. `setImmediate`, `nextTick` and I/O stay real. */
export function fakeClock(): FakeClock {
  const clock = install({
    now: Date.now(),
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
  });
  const start = clock.now;
  return {
    tick: async (ms) => void (await clock.tickAsync(ms)),
    get elapsed() {
      return clock.now - start;
    },
    [Symbol.dispose]: () => void clock.uninstall(),
  };
}

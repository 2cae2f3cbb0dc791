import type { Effort } from "./cases/case.ts";

/** What the committed results are made with. */
export const fullEffort: Effort = {
  rounds: 5,
  roundMs: 400,
  warmUp: { requests: 20_000, leastMs: 500, mostMs: 1_500 },
  spawns: 15,
  memoryCalls: 200_000,
  streams: 1_000,
};

/** For a look while working: fewer cases, fewer and shorter rounds, less warm code. */
export const quickEffort: Effort = {
  rounds: 3,
  roundMs: 300,
  warmUp: { requests: 1_000, leastMs: 300, mostMs: 600 },
  spawns: 5,
  memoryCalls: 40_000,
  streams: 200,
};

/** For the budgets: short rounds, but enough of them. What disturbs one is gone in the next, and the median skips it. */
export const guardEffort: Effort = {
  rounds: 9,
  roundMs: 300,
  warmUp: { requests: 20_000, leastMs: 800, mostMs: 2_000 },
  spawns: 11,
  memoryCalls: 60_000,
  streams: 200,
};

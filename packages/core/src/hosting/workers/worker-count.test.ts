import { availableParallelism } from "node:os";
import { afterEach, expect, it, vi } from "vitest";
import { workerCount } from "./worker-count.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

it.each([
  [undefined, undefined, "http", 1],
  [undefined, "", "http", 1],
  [undefined, "4", "http", 4],
  [2, "4", "http", 2],
  [1, "many", "stdio", 1],
  ["auto", undefined, "http", availableParallelism()],
  [undefined, "auto", "http", availableParallelism()],
  ["auto", undefined, "stdio", 1],
] as const)("option %s and WORKERS %j over %3$s are so many: %4$i", (option, variable, transport, expected) => {
  vi.stubEnv("WORKERS", variable);

  expect(workerCount(option, transport)).toBe(expected);
});

it.each([
  [0, undefined, "http", "workers is 0; it must be a whole number from 1 to 256"],
  [257, undefined, "http", "workers is 257"],
  [undefined, "0", "http", "WORKERS is 0; it must be"],
  [undefined, "many", "http", 'WORKERS is "many"; use "auto" or a whole number from 1 to 256'],
  [undefined, "-1", "http", 'WORKERS is "-1"'],
  [2, undefined, "stdio", "workers is 2, but stdio connects one client with one process"],
  [undefined, "2", "stdio", "WORKERS is 2, but stdio connects one client with one process; leave WORKERS out"],
] as const)("option %s and WORKERS %j over %s are refused", (option, variable, transport, sentence) => {
  vi.stubEnv("WORKERS", variable);

  expect(() => workerCount(option, transport)).toThrow(sentence);
});

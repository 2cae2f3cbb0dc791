import { once, EventEmitter } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import { stderrLogger } from "../context/logger.ts";
import { onShutdownSignal } from "./shutdown.ts";

const log = stderrLogger({ level: "silent" });
const exits = new EventEmitter();
const exit = (status: number): void => void exits.emit("exit", status);
let unlisten: (() => void) | undefined;

afterEach(() => {
  unlisten?.();
  vi.useRealTimers();
});

test("The first signal stops and then exits with 0", async () => {
  const order: string[] = [];
  const exited = once(exits, "exit");
  unlisten = onShutdownSignal(async () => void order.push("stopped"), { log, exit });

  process.emit("SIGTERM", "SIGTERM");

  expect(await exited).toEqual([0]);
  expect(order).toEqual(["stopped"]);
});

test.for([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)("A second signal, %s, exits at once with %i", async ([signal, status]) => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const exited = once(exits, "exit");
  unlisten = onShutdownSignal(() => new Promise(() => undefined), { log, exit });

  process.emit("SIGTERM", "SIGTERM");
  vi.advanceTimersByTime(100);
  process.emit(signal, signal);

  expect(await exited).toEqual([status]);
});

test("The same signal again at once is an echo of the first, and the stop goes on", async () => {
  const stopping = Promise.withResolvers<void>();
  const exited = once(exits, "exit");
  unlisten = onShutdownSignal(() => stopping.promise, { log, exit });

  process.emit("SIGTERM", "SIGTERM");
  process.emit("SIGTERM", "SIGTERM");
  stopping.resolve();

  expect(await exited).toEqual([0]);
});

test("A stop that fails exits with 1", async () => {
  const exited = once(exits, "exit");
  unlisten = onShutdownSignal(() => Promise.reject(new Error("db")), { log, exit });

  process.emit("SIGINT", "SIGINT");

  expect(await exited).toEqual([1]);
});

test("After it was taken back nothing listens", () => {
  const before = process.listenerCount("SIGTERM");

  onShutdownSignal(() => Promise.resolve(), { log, exit })();

  expect(process.listenerCount("SIGTERM")).toBe(before);
});

import { afterEach, expect, test, vi } from "vitest";
import { processFile } from "./process-file.ts";

afterEach(() => void vi.unstubAllEnvs());

test("A process of its own has the file that was named", () => {
  expect(processFile("logs/server.log")).toBe("logs/server.log");
});

test.for([
  ["logs/server.log", `logs/server.${process.pid}.log`],
  ["server", `server.${process.pid}`],
  ["logs.d/server", `logs.d/server.${process.pid}`],
  ["a/.log", `a/.${process.pid}.log`],
])("A worker has a file of its own beside %s", ([path = "", expected]) => {
  vi.stubEnv("PLINTH_WORKER", "1");
  const connected = Object.getOwnPropertyDescriptor(process, "connected");
  Object.defineProperty(process, "connected", { value: true, configurable: true });

  try {
    expect(processFile(path)).toBe(expected);
  } finally {
    if (connected !== undefined) Object.defineProperty(process, "connected", connected);
  }
});

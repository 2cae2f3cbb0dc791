import { expect, it } from "vitest";
import { logError, stderrLogger, type LogFields } from "./logger.ts";

function logged(fields: LogFields): Record<string, unknown> {
  const lines: string[] = [];
  stderrLogger({ write: (line) => void lines.push(line) }).error("It failed", fields);
  return JSON.parse(lines.join("")) as Record<string, unknown>;
}

it("writes errors with their stack and causes", () => {
  const error = new Error("outer", { cause: new Error("inner") });

  expect(logged({ error })).toMatchObject({
    message: "It failed",
    level: "error",
    error: { stack: expect.stringContaining("outer"), cause: { stack: expect.stringContaining("inner") } },
  });
});

it.each<[string, unknown]>([
  ["a toJSON() that throws", { toJSON: () => expect.fail("read") }],
  ["a getter that throws", Object.defineProperty({}, "a", { enumerable: true, get: () => expect.fail("read") })],
  ["a hostile proxy", new Proxy({}, { get: () => expect.fail("read"), getPrototypeOf: () => expect.fail("read") })],
])("loses to %s that field and not the line", (_what, odd) => {
  expect(logged({ requestId: "r-1", odd })).toMatchObject({
    message: "It failed",
    requestId: "r-1",
    odd: "[illegible]",
  });
});

it("keeps the stack of an error whose cause cannot be read", () => {
  const cause = new Proxy({}, { get: () => expect.fail("read") });

  expect(logged({ error: new Error("outer", { cause }) })["error"]).toContain("outer");
});

it("lets its caller go on when the logger it is given fails", () => {
  const write = process.stderr.write;
  const lines: string[] = [];
  process.stderr.write = ((line: string) => lines.push(line) > 0) as typeof write;

  logError(() => expect.fail("the logger is broken"), "It failed", { requestId: "r-1" });
  process.stderr.write = write;

  expect(lines.join("")).toContain("r-1");
});

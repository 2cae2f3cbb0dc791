import type { LogFields } from "@plinth/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createLogger } from "./create-logger.ts";
import { logFolder } from "./fixtures/log-folder.ts";

it("keeps one line one line, whatever stands in its texts", async () => {
  using folder = logFolder();
  const log = createLogger({ destination: { file: folder.file } });
  const forged = 'x\r\n{"time":"2030-01-01","level":"error","message":"forged"}\u2028\u0085\u001b[2J\u009b31m\u202e';

  log.info(forged, { [forged]: forged, list: [forged], error: new Error(forged) });
  await log.close();

  const { readFileSync } = await import("node:fs");
  const text = readFileSync(folder.file, "utf8");
  expect(folder.lines()).toHaveLength(1);
  expect(folder.lines()[0]).toMatchObject({ level: "info", message: forged, list: [forged] });
  // oxlint-disable-next-line no-control-regex -- they are what it is about
  expect(text.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
});

it("lets no field stand for what the server says of a line", async () => {
  using folder = logFolder();
  const root = createLogger({ destination: { file: folder.file } });
  const log = root.child({ requestId: "r-1", tenant: "acme" });
  const fields = JSON.parse(
    '{"level":"error","time":"never","message":"forged","requestId":"r-2","__proto__":{"a":1},"constructor":"c","toString":"t","method":"m","headers":{},"socket":{},"setHeader":1}',
  ) as Record<string, unknown>;

  log.info("Heard", fields);
  log.info("Nobody is", { admin: (Object.prototype as Record<string, unknown>)["a"] });
  await root.close();

  const [line] = folder.lines();
  expect(line).toMatchObject({ level: "info", message: "Heard", requestId: "r-1", tenant: "acme" });
  expect(line).toMatchObject({
    _level: "error",
    _message: "forged",
    _requestId: "r-2",
    constructor: "c",
    toString: "t",
  });
  expect(line?.["time"]).not.toBe("never");
});

it("shows what can be shown of values that JSON cannot carry, or that fail when they are read", async () => {
  using folder = logFolder();
  const log = createLogger({ destination: { file: folder.file } });
  const cycle: Record<string, unknown> = { name: "c" };
  cycle["self"] = cycle;
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const throwing = {
    get value(): string {
      throw new Error("no");
    },
  };

  log.info("Odd", {
    cycle,
    big: 2n ** 64n,
    huge: 2n ** 100_000n,
    getter: throwing,
    json: { toJSON: () => { throw new Error("no"); } }, // prettier-ignore
    again: { toJSON: () => ({ toJSON: () => "fine" }) },
    endless: endlessJson(),
    proxy,
    call: () => undefined,
    symbol: Symbol("s"),
    nan: Number.NaN,
    date: new Date(Number.NaN),
    bytes: new Uint8Array(1_000_000),
    map: new Map([["key", "value"]]),
    bare: Object.assign(Object.create(null) as object, { a: 1 }),
  });
  log.info("No fields", null as unknown as LogFields);
  log.info(7 as unknown as string, proxy);
  log.child(proxy).info("From a child");
  log.info("Own getter", throwing);
  await log.close();

  expect(folder.lines()).toMatchObject([
    {
      cycle: { name: "c", self: "[circular]" },
      big: "18446744073709551616",
      huge: "[bigint]",
      getter: { value: "[illegible]" },
      json: "[illegible]",
      again: "fine",
      proxy: "[illegible]",
      call: "[function]",
      symbol: "[symbol]",
      nan: "NaN",
      date: "[invalid date]",
      bytes: "[1000000 bytes]",
      map: { key: "value" },
      bare: { a: 1 },
    },
    { message: "No fields" },
    { message: "[no text]", fields: "[illegible]" },
    { message: "From a child", fields: "[illegible]" },
    { message: "Own getter", value: "[illegible]" },
  ]);
});

it("bounds a line, however large, wide or deep the fields are", async () => {
  using folder = logFolder();
  const log = createLogger({ destination: { file: folder.file } });
  let deep: object = {};
  for (let level = 0; level < 10_000; level += 1) deep = { deep };
  const long = "x".repeat(1_000_000);

  log.info(long, { long, more: Array.from({ length: 100 }, () => long) });
  log.info("wide", Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, index])));
  log.info("list", { list: Array.from({ length: 100_000 }, (_, index) => index) });
  log.info("deep", { deep });
  log.info("names", { [long]: 1 });
  await log.close();

  const lines = folder.lines();
  expect(lines.map((line) => JSON.stringify(line).length).every((length) => length < 100_000)).toBe(true);
  expect(lines).toHaveLength(5);
  expect(lines[0]?.["message"]).toMatch(/x\.\.\. \(of 1000000 characters\)$/);
});

it("does not show the first half of a secret that a cut leaves", async () => {
  using folder = logFolder();
  const log = createLogger({ destination: { file: folder.file } });

  log.info(`${"x".repeat(8_150)} eyJ${"a".repeat(300)}.${"b".repeat(300)}.c`);
  await log.close();

  expect(JSON.stringify(folder.lines())).not.toContain("eyJ");
});

it("writes a line of JSON for any fields at all", async () => {
  using folder = logFolder();
  const log = createLogger({ destination: { file: folder.file }, maxBuffered: 1_000_000_000 });
  let count = 0;

  fc.assert(
    fc.property(fc.string(), fc.dictionary(fc.string(), fc.anything()), (message, fields) => {
      log.info(message, fields);
      count += 1;
    }),
    { numRuns: 300 },
  );
  await log.close();

  const lines = folder.lines();
  expect(lines).toHaveLength(count);
  expect(lines.every(({ level }) => level === "info")).toBe(true);
});

/** Whose JSON form has a JSON form, and so on. */
function endlessJson(): object {
  return { toJSON: endlessJson };
}

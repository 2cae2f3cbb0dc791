import { KitError, stderrLogger } from "@plinth/core";
import { describe, expect, it } from "vitest";
import { createLogger, type LoggerOptions } from "./create-logger.ts";
import { logFolder } from "./fixtures/log-folder.ts";

describe("createLogger", () => {
  it("writes lines that read like those of core's own logger", async () => {
    using folder = logFolder();
    const coreLines: string[] = [];
    const log = createLogger({ destination: { file: folder.file }, fields: { service: "shop" } });
    const core = stderrLogger({ fields: { service: "shop" }, write: (line) => void coreLines.push(line) });

    for (const logger of [log, core]) {
      logger.child({ requestId: "r-1" }).warn("Slow", { ms: 12, target: "search", nothing: null, odd: 10n });
    }
    await log.close();

    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown;
    const [line] = folder.lines();
    expect({ ...line, time: 0 }).toEqual({ ...(JSON.parse(coreLines[0] ?? "") as object), time: 0 });
    expect(line).toMatchObject({ time, level: "warn", message: "Slow", service: "shop", requestId: "r-1" });
  });

  it("follows a level that changes while it runs, in children that were made before", async () => {
    using folder = logFolder();
    const log = createLogger({ destination: { file: folder.file }, level: "warn" });
    const child = log.child({ part: "cache" });

    child.info("hidden");
    log.level = "debug";
    child.debug("shown");
    log.level = "silent";
    child.error("hidden too");
    await log.close();

    expect(folder.lines().map(({ message }) => message)).toEqual(["shown"]);
    expect(log.level).toBe("silent");
  });

  it("flushes what was logged before its end, and still takes what comes after", async () => {
    using folder = logFolder();
    const log = createLogger({ destination: { file: folder.file } });

    log.info("before");
    await log.flush();
    const atFlush = folder.lines().length;
    await log.close();
    log.info("after");

    expect(atFlush).toBe(1);
    expect(folder.lines().map(({ message }) => message)).toEqual(["before", "after"]);
    expect(log.stats()).toEqual({ dropped: 0 });
  });

  it("shows of an error its kind, words, code, stack and causes, and nothing that hangs on it", async () => {
    using folder = logFolder();
    const log = createLogger({ destination: { file: folder.file } });
    const response = { config: { headers: { "X-Custom": "hunter2" } }, data: "hunter2" };
    const socket = Object.assign(new Error("connect"), { code: "ECONNREFUSED", config: response, request: response });
    const error = new KitError("UNAVAILABLE", "The shop is away", { cause: socket, data: { shop: "north" } });

    log.error("Call failed", { error, thrown: new Error("odd", { cause: response }) });
    await log.close();

    const [line] = folder.lines();
    expect(line?.["error"]).toMatchObject({
      name: "KitError",
      code: "UNAVAILABLE",
      message: "The shop is away",
      stack: expect.stringContaining("create-logger.test.ts") as unknown,
      data: { shop: "north" },
      cause: { name: "Error", message: "connect", code: "ECONNREFUSED" },
    });
    expect(JSON.stringify(line)).not.toContain("hunter2");
  });

  it("redacts by the name of a field at any depth, and by what a credential looks like", async () => {
    using folder = logFolder();
    const log = createLogger({ destination: { file: folder.file } });

    log.info("Using https://bob:hunter2@shop.example/ with Bearer hunter2hunter2", {
      headers: { Authorization: "hunter2", "X-Api-Key": "hunter2", accept: "text/plain" },
      list: [{ deep: { clientSecret: "hunter2", access_token: "hunter2", maxTokens: 5 } }],
      query: "?password=hunter2&page=1",
      jwt: undefined,
      error: new Error("postgres://app:hun@ter2hunter2@db/shop is away"),
      map: new Map([["token", "hunter2"]]),
      sent: new Headers({ authorization: "hunter2", accept: "text/plain" }),
      sessionId: "hunter2",
      "key?password=hunter2": 1,
      password: null,
    });
    log.child({ cookie: "hunter2" }).info("child");
    await log.close();

    const [line] = folder.lines();
    expect(JSON.stringify(folder.lines())).not.toContain("hunter2");
    expect(line).toMatchObject({
      headers: { accept: "text/plain", Authorization: "[redacted]" },
      list: [{ deep: { maxTokens: 5 } }],
      query: "?password=[redacted]&page=1",
      password: null,
      sent: { accept: "text/plain", authorization: "[redacted]" },
    });
  });

  it("gives a redactor the last word, and shows nothing of a line that it fails on", async () => {
    using folder = logFolder();
    const log = createLogger({
      destination: { file: folder.file },
      redact: (line) => {
        if (line["fails"] === true) throw new Error("no");
        return { ...line, message: String(line["message"]).replace("4111111111111111", "[card]") };
      },
    });

    log.info("Paid with 4111111111111111", { shop: "north" });
    log.info("Paid with 4111111111111111", { fails: true });
    await log.close();

    expect(folder.lines()).toMatchObject([
      { message: "Paid with [card]", shop: "north" },
      { message: "A line that could not be redacted", redaction: "failed" },
    ]);
    expect(JSON.stringify(folder.lines())).not.toContain("4111");
  });

  it.each<[string, LoggerOptions, string]>([
    ["stdout under stdio", { destination: "stdout", transport: "stdio" }, "belongs to the protocol"],
    ["another name of stdout under stdio", { destination: { file: "/dev/stdout" }, transport: "stdio" }, "is stdout"],
    ["a level that does not exist", { level: "loud" as "info" }, 'level is "loud"'],
    ["a destination that does not exist", { destination: "syslog" as "stderr" }, 'destination is "syslog"'],
    ["a file in a place that cannot be", { destination: { file: "/dev/null/server.log" } }, "cannot be opened"],
    ["a file without a name", { destination: { file: "" } }, 'destination.file is ""'],
    [
      "sizes that are none",
      { destination: { file: "/dev/null", maxBytes: Number.NaN } },
      "destination.maxBytes is NaN",
    ],
    ["no files", { destination: { file: "/dev/null", maxFiles: 0 } }, "destination.maxFiles is 0"],
    ["no buffer", { maxBuffered: -1 }, "maxBuffered is -1"],
  ])("refuses %s", (_what, options, message) => {
    const make = () => createLogger(options);

    expect(make).toThrow(
      expect.objectContaining({ code: "MISUSE", message: expect.stringContaining(message) as unknown }),
    );
  });

  it("writes for people when asked to, with nothing in it that a terminal acts upon", async () => {
    using folder = logFolder();
    const log = createLogger({ destination: { file: folder.file }, pretty: true });
    const { readFileSync } = await import("node:fs");

    log.info("Hello\n[12:00:00] FATAL: forged \u009b31m", { name: "\u001b]0;owned\u0007", "key\u001b[2J": 1 });
    await log.close();

    // oxlint-disable-next-line no-control-regex -- the colours are pino-pretty's own
    const text = readFileSync(folder.file, "utf8").replaceAll(/\u001b\[\d\d?m/g, "");
    expect(text).toContain("Hello");
    // oxlint-disable-next-line no-control-regex -- they are what it is about
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u0080-\u009f]/);
    expect(text.split("\n").some((line) => line.startsWith("[12:00:00]"))).toBe(false);
  });
});

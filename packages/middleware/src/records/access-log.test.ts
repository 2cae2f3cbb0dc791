import {
  createServer,
  defineTool,
  fail,
  KitError,
  type Logger,
  type Middleware,
  type PlatformEvent,
} from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { httpServer } from "../fixtures/http-server.ts";
import { accessLog, type AccessLogOptions } from "./access-log.ts";

const anything = z.record(z.string(), z.unknown());
const login = defineTool({ name: "login", input: anything, handler: () => "welcome" });
const broken = defineTool({ name: "broken", handler: () => Promise.reject(new Error("postgres://u:hunter2@db")) });
const unable = defineTool({ name: "unable", handler: () => fail("No such film") });
const refuse: Middleware = (call, next) =>
  call.target?.name === "other" ? Promise.reject(new KitError("FORBIDDEN", "Not you")) : next();

/** The lines that calls leave, one after the other. */
async function linesOf(options: AccessLogOptions, calls: readonly (readonly [string, unknown?])[]) {
  await using server = await httpServer([accessLog(options), refuse], [login, broken, unable]);
  const principal = { id: "ann", scopes: [], tenant: "acme" };
  for (const [name, args] of calls) await server.callTool(name, { args, principal });
  return server.lines.filter(({ message }) => message === "Call");
}

describe("accessLog", () => {
  it("writes one line that says who did what, and how it went", async () => {
    const lines = await linesOf({}, [["login", { user: "ann" }]]);

    expect(lines).toEqual([
      {
        time: expect.any(String) as string,
        level: "info",
        message: "Call",
        requestId: expect.any(String) as string,
        method: "tools/call",
        target: "login",
        tenant: "acme",
        outcome: "ok",
        ms: expect.any(Number) as number,
        requestSize: "name".length + "login".length + "arguments".length + "user".length + "ann".length,
        responseSize: expect.any(Number) as number,
        principal: "ann",
        client: "test 1.0.0",
        era: "modern",
        transport: "http",
      },
    ]);
  });

  it("has level and code by how the call ended", async () => {
    const lines = await linesOf({}, [["unable"], ["broken"], ["other"], ["missing"], ["login", "text"]]);

    expect(lines.map(({ level, outcome, code }) => [level, outcome, code])).toEqual([
      ["warn", "refused", "FAILED"],
      ["error", "failed", "INTERNAL"],
      ["warn", "refused", "FORBIDDEN"],
      ["warn", "refused", "NOT_FOUND"],
      ["warn", "refused", "INVALID_PARAMS"],
    ]);
  });

  it("takes levels of the team's own", async () => {
    const lines = await linesOf({ levels: { ok: "silent", refused: "debug", failed: "info" } }, [["echo"], ["broken"]]);

    expect(lines).toMatchObject([{ level: "info", outcome: "failed" }]);
  });

  it("has no arguments unless asked, and then without their secrets", async () => {
    const args = { user: "ann", password: "hunter2", note: "Bearer abcdefghijkl" };

    const [without, within] = [
      await linesOf({}, [["login", args]]),
      await linesOf({ arguments: true }, [["login", args]]),
    ];

    expect(JSON.stringify(without)).not.toMatch(/hunter2|abcdefghijkl/);
    expect(without[0]).not.toHaveProperty("arguments");
    expect(within).toMatchObject([{ arguments: { user: "ann", password: "[redacted]", note: "Bearer [redacted]" } }]);
  });

  it("shows made-up names short, and without secrets and line breaks", async () => {
    const lines = await linesOf({}, [["evil\nlevel=info \u202Epassword=hunter2"], ["x".repeat(100_000)]]);

    expect(lines[0]?.["asked"]).toBe("evil\uFFFDlevel=info \uFFFDpassword=[redacted]");
    expect(String(lines[1]?.["asked"]).length).toBeLessThan(140);
  });

  it("looks at so much of large arguments and no more", async () => {
    const lines = await linesOf({}, [["login", { list: Array.from({ length: 50_000 }, () => "1234567890") }]]);

    expect(lines[0]?.["requestSize"]).toBeGreaterThan(100);
    expect(lines[0]?.["requestSize"]).toBeLessThan(2_000);
  });

  it("leaves out calls that went well, but none that did not or were slow", async () => {
    const calls = [["echo"], ["broken"], ["echo"]] as const;

    const [none, slow] = [await linesOf({ sampleOk: 0 }, calls), await linesOf({ sampleOk: 0, slowMs: 0 }, calls)];

    expect(none.map(({ outcome }) => outcome)).toEqual(["failed"]);
    expect(slow.map(({ level, outcome, slow }) => [level, outcome, slow])).toEqual([
      ["warn", "ok", true],
      ["error", "failed", true],
      ["warn", "ok", true],
    ]);
  });

  it("writes the share of lines that it is told", async () => {
    const random = vi
      .spyOn(Math, "random")
      .mockReturnValueOnce(0.24)
      .mockReturnValueOnce(0.25)
      .mockReturnValueOnce(0.9);
    try {
      const middleware = accessLog({ sampleOk: 0.25 });
      const lines: unknown[] = [];
      const log = { info: (_message: string, fields: unknown) => void lines.push(fields) };
      const call = { params: {}, target: undefined, depth: 0, emit() {}, context: { log, client: {} } };

      for (let time = 0; time < 3; time += 1) await middleware(call as never, () => Promise.resolve({}));

      expect(lines).toHaveLength(1);
    } finally {
      random.mockRestore();
    }
  });

  it.each<[string, Partial<Logger>]>([
    [
      "throws on the line",
      {
        info: () => {
          throw new Error("disk full");
        },
      },
    ],
    [
      "cannot be made for the call",
      {
        child: () => {
          throw new Error("disk full");
        },
      },
    ],
  ])("answers the call when the logger %s", async (_what, parts) => {
    const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
    const log: Logger = { ...silent, ...parts };
    const events: PlatformEvent[] = [];
    await using server = createServer({ name: "t", version: "1", log, components: [login] }).use(accessLog());
    server.events.subscribe((event) => void events.push(event));
    await using client = await createTestClient(server);

    const answer = await client.callTool("login", {});

    expect(answer.text).toBe("welcome");
    expect(events.map(({ part, action }) => `${part} ${action}`)).toContain("access-log failed");
  });

  it("counts a call as cancelled whose client has left, whatever its handler throws", async () => {
    const started = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const wait = defineTool({
      name: "wait",
      handler: (_input, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            reject(new Error("socket hang up"));
            setImmediate(() => ended.resolve());
          });
          started.resolve();
        }),
    });
    await using server = await httpServer([accessLog()], [wait]);
    const leaving = new AbortController();
    const call = server.callTool("wait", { signal: leaving.signal }).catch(() => "left");
    await started.promise;

    leaving.abort();
    await ended.promise;

    expect(await call).toBe("left");
    expect(server.lines).toMatchObject([{ level: "info", outcome: "cancelled", code: "CANCELLED" }]);
  });

  it.each<[AccessLogOptions, string]>([
    [{ sampleOk: 1.5 }, "sampleOk is 1.5"],
    [{ sampleOk: Number.NaN }, "sampleOk is NaN"],
    [{ slowMs: -1 }, "slowMs is -1"],
    [{ levels: { ok: "loud" as "info" } }, 'levels["ok"] is "loud"'],
    [{ levels: { fine: "info" } as never }, 'A key of levels is "fine"'],
  ])("refuses %j", (options, message) => {
    expect(() => accessLog(options)).toThrow(message);
  });
});

import { createServer, defineTool, fail, KitError, type Principal } from "@plinth/core";
import { createRedactor } from "@plinth/redaction";
import { createTestClient } from "@plinth/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { recordedEvents } from "../fixtures/recorded-events.ts";
import { silentLog } from "../fixtures/silent-log.ts";
import { createAuditLog, type AuditLogOptions } from "./audit-log.ts";
import { callbackAuditSink, type AuditSink } from "./audit-sink.ts";
import { audit, type AuditOptions } from "./audit.ts";
import { verifyAuditLog } from "./verify-audit-log.ts";

/** A sink in memory that can be made to fail. */
function audited(options: Partial<AuditOptions> = {}, logOptions: Partial<AuditLogOptions> = {}) {
  const state = { lines: [] as string[], problem: undefined as Error | undefined, tries: 0, runs: 0 };
  const sink = callbackAuditSink((lines) => {
    state.tries += 1;
    if (state.problem !== undefined) throw state.problem;
    state.lines.push(...lines);
  });
  const log = createAuditLog({ sink, ...logOptions });
  const components = [
    defineTool({
      name: "login",
      input: z.object({ password: z.string().optional(), how: z.string().optional() }),
      handler: ({ how }, { invoke }) => {
        state.runs += 1;
        if (how === "throw") throw new Error("secret detail");
        if (how === "fail") throw fail("no");
        if (how === "refuse") throw new KitError("FORBIDDEN", "no");
        return how === "nest" ? invoke("tools/call", { name: "login", arguments: {} }).then(() => "nested") : "in";
      },
    }),
  ];
  const server = createServer({ name: "t", version: "1", components, log: silentLog });
  server.use(audit({ log, ...options }));
  const records = async (): Promise<Record<string, unknown>[]> => {
    await log.flush();
    return state.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  return { server, state, log, records, events: recordedEvents(server) };
}

describe("audit", () => {
  it("records who did what, how it ended and how long it took, and no arguments", async () => {
    const { server, records } = audited();
    const principal: Principal = { id: "alice", scopes: [], tenant: "acme" };
    await using client = await createTestClient(server, { principal });

    await client.callTool("login", { password: "hunter2" });

    const [opened, record] = await records();
    expect(opened).toMatchObject({ seq: 1, event: "opened", prev: "0".repeat(64) });
    expect(record).toMatchObject({
      seq: 2,
      event: "call",
      method: "tools/call",
      target: "login",
      principal: "alice",
      tenant: "acme",
      transport: "memory",
      outcome: "ok",
      parameters: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      requestId: expect.any(String),
      ms: expect.any(Number),
    });
    expect(JSON.stringify(record)).not.toContain("hunter2");
  });

  it("tells failures apart by code, and writes nothing of their text", async () => {
    const { server, records } = audited();
    await using client = await createTestClient(server);

    for (const how of ["throw", "fail", "refuse"]) await client.callTool("login", { how }).catch(() => undefined);
    await client.callTool("no such tool").catch(() => undefined);

    const [, ...ends] = await records();
    expect(ends.map(({ outcome, code }) => `${String(outcome)} ${String(code)}`)).toEqual([
      "failed INTERNAL",
      "refused FAILED",
      "refused FORBIDDEN",
      "refused NOT_FOUND",
    ]);
    expect(JSON.stringify(ends)).not.toContain("secret detail");
  });

  it("records a call whatever its redactor does, and whoever is told of a sink", async () => {
    const redactor = {
      redactText: (text: string) => text,
      redact: (): never => {
        throw new Error("no");
      },
    };
    const told: string[] = [];
    const onSink = (state: string): never => {
      told.push(state);
      throw new Error("nobody listens");
    };
    const { server, records, state, log } = audited({ redactor, onSinkError: "allow" }, { onSink });
    await using client = await createTestClient(server);
    state.problem = new Error("disk full");

    const answer = await client.callTool("login", { how: "plain" });
    await log.flush();
    state.problem = undefined;
    await log.flush();

    const [, record] = await records();
    expect(answer.isError).toBe(false);
    expect(record).toMatchObject({ outcome: "ok", shown: "cannot be shown" });
    expect(told).toEqual(["failed", "recovered"]);
  });

  it("refuses calls while there is no room for their records, and tells how many were dropped", async () => {
    const gate = Promise.withResolvers<void>();
    const lines: string[] = [];
    const sink = callbackAuditSink(async (written) => {
      await gate.promise;
      lines.push(...written);
    });
    const log = createAuditLog({ sink, maxPending: 2, sinkTimeoutMs: 60_000 });
    const { server } = audited({ log });
    await using client = await createTestClient(server, { leakCheck: false });
    const opening = log.open();
    await new Promise((resolve) => setImmediate(resolve));
    for (let record = 0; record < 4; record += 1) log.record({ event: "own" });

    const calling = client.callTool("login");
    await new Promise((resolve) => setImmediate(resolve));
    const refused = log.problem;
    gate.resolve();
    await Promise.all([opening, calling]);
    const served = await client.callTool("login");
    await log.flush();

    expect(String(refused)).toContain("no room for more");
    expect(served.text).toBe("in");
    expect(lines.some((line) => line.includes('"event":"dropped"'))).toBe(true);
    expect(await verifyAuditLog(lines)).toMatchObject({ ok: true });
  });

  it("goes on after a record that is too long to be kept", async () => {
    const { log, records } = audited({}, { maxPendingLength: 200 });
    await log.open();

    log.record({ event: "own", text: "x".repeat(300) });
    log.record({ event: "own" });

    expect(log.problem).toBeUndefined();
    expect((await records()).map(({ event }) => event)).toEqual(["opened", "own", "dropped"]);
  });

  it.each(["open", "write"] as const)(
    "refuses calls while a sink does not answer to %s, and serves them again",
    async (what) => {
      const gate = Promise.withResolvers<undefined>();
      const lines: string[] = [];
      const sink: AuditSink = {
        open: () => (what === "open" ? gate.promise : undefined),
        write: async (written) => {
          if (what === "write") await gate.promise;
          lines.push(...written);
        },
      };
      const { server, state } = audited({ log: createAuditLog({ sink, sinkTimeoutMs: 1_000 }), wait: true });
      await using client = await createTestClient(server, { clock: "fake" });

      const first = client.callTool("login");
      await client.clock.tick(1_000);
      await first;
      const runs = state.runs;
      const refused = await client.callTool("login");
      gate.resolve(undefined);
      await client.clock.tick(0);
      const served = await client.callTool("login");

      expect(refused.result._meta?.["dev.plinth/error"]).toMatchObject({ code: "UNAVAILABLE" });
      expect(state.runs).toBe(runs + 1);
      expect(served.text).toBe("in");
      expect(await verifyAuditLog(lines)).toMatchObject({ ok: true });
    },
  );

  it("shows parameters only through a redactor", async () => {
    const { server, records } = audited({ redactor: createRedactor() });
    await using client = await createTestClient(server);

    await client.callTool("login", { password: "hunter2", how: "plain" });

    const [, record] = await records();
    expect(record?.["shown"]).toMatchObject({ name: "login", arguments: { how: "plain" } });
    expect(JSON.stringify(record)).not.toContain("hunter2");
  });

  it("records a call inside another as one of its own", async () => {
    const { server, records } = audited();
    await using client = await createTestClient(server);

    await client.callTool("login", { how: "nest" });

    const [, inner, outer] = await records();
    expect([inner?.["depth"], outer?.["depth"]]).toEqual([1, undefined]);
  });

  it("keeps names that clients make up in one line, in bounds, and from changing direction", async () => {
    const { server, records, state } = audited();
    await using client = await createTestClient(server);
    const names = ['\n{"seq":1}', "\u2028\u2029\u0085", "\u202Etxt.exe", "\u001b[2J", "x".repeat(100_000), "__proto__"];

    for (const name of names) await client.callTool(name).catch(() => undefined);

    const [, ...found] = await records();
    expect(found).toHaveLength(names.length);
    expect(state.lines.join("")).toMatch(/^[\x20-\x7e]*$/);
    expect(state.lines.every((line) => line.length < 2_000)).toBe(true);
    expect(found.map(({ target }) => target).slice(0, 4)).toEqual(names.slice(0, 4));
    expect(await verifyAuditLog(state.lines)).toMatchObject({ ok: true });
  });

  it("writes a chain that holds under many calls at once", async () => {
    const { server, state, log } = audited({}, { key: "k".repeat(32) });
    await using client = await createTestClient(server);

    await Promise.all(Array.from({ length: 50 }, () => client.callTool("login")));
    await log.flush();

    const verdict = await verifyAuditLog(state.lines, { key: "k".repeat(32), head: log.head });
    expect(verdict).toEqual({ ok: true, lines: 51, head: log.head });
  });

  it("refuses calls before they run while records cannot be written, and recovers by itself", async () => {
    const { server, state, events } = audited();
    await using client = await createTestClient(server, { clock: "fake" });
    await client.callTool("login");
    state.problem = new Error("ENOSPC");
    await client.callTool("login");
    const before = state.runs;

    const refused = [];
    for (let time = 0; time < 5; time += 1) refused.push(await client.callTool("login"));
    const triesWhileAway = state.tries;
    state.problem = undefined;
    await client.clock.tick(1_000);
    const after = await client.callTool("login");

    expect(refused.every(({ result }) => result._meta?.["dev.plinth/error"] !== undefined)).toBe(true);
    expect(state.runs).toBe(before + 1);
    expect(triesWhileAway).toBe(3);
    expect(after.text).toBe("in");
    expect(events).toContain("audit: refused");
    expect(await verifyAuditLog(state.lines)).toMatchObject({ ok: true, lines: 4 });
  });

  it("runs no call at all when the sink fails from the beginning", async () => {
    const { server, state } = audited();
    state.problem = new Error("EACCES");
    await using client = await createTestClient(server);

    const { isError } = await client.callTool("login");

    expect(isError).toBe(true);
    expect(state.runs).toBe(0);
  });

  it("runs calls without records where it is told to, and says how many are missing", async () => {
    const { server, state, records } = audited({ onSinkError: "allow" }, { maxPending: 3 });
    state.problem = new Error("ENOSPC");
    await using client = await createTestClient(server, { clock: "fake" });

    for (let time = 0; time < 10; time += 1) await client.callTool("login");
    state.problem = undefined;
    await client.clock.tick(1_000);

    const found = await records();
    expect(state.runs).toBe(10);
    expect(found.filter(({ event }) => event === "call").length).toBeGreaterThanOrEqual(3);
    expect(found.at(-1)).toMatchObject({ event: "dropped", records: expect.any(Number) });
    expect(await verifyAuditLog(state.lines)).toMatchObject({ ok: true });
  });

  it("waits with the answer until its record is written where it is told to", async () => {
    const { server, state } = audited({ wait: true });
    await using client = await createTestClient(server);

    await client.callTool("login");

    expect(state.lines).toHaveLength(2);
  });

  it.each([{ key: "short" }, { maxPending: 0 }, { retryMs: Number.NaN }])("refuses %o", (options) => {
    expect(() => createAuditLog({ sink: callbackAuditSink(() => undefined), ...options })).toThrow(/ is .*; /);
  });
});

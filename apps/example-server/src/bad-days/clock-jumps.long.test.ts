import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { verifyAuditLog } from "@plinth/middleware";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BadDay } from "./fixtures/bad-day-server.ts";
import { startServer, type RunningServer } from "./fixtures/running-server.ts";

const hour = 3_600_000;

let folder: string;
let server: RunningServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clock-jumps-"));
  const day: BadDay = { breakMs: 2_000, idempotencyMs: 2_500 };
  server = startServer({
    env: {
      BAD_DAY: JSON.stringify(day),
      CACHE_TTL: "2500ms",
      LIMITS_REQUESTS_PER_MINUTE: "60",
      LIMITS_BURST: "12",
      AUDIT_FILE: join(folder, "audit.log"),
    },
  });
  await server.url();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const textOf = async (name: string, args: object = {}, headers: Record<string, string> = {}): Promise<string> =>
  (await server.call(name, args, { headers })).text;

describe.for([
  ["back", -hour, "decline"],
  ["forward", hour, "Invalid or expired requestState"],
] as const)("a clock that jumps an hour %s", ([, jumpMs, answerToQuestion]) => {
  const jump = () => server.call("shift_clock", { ms: jumpMs });

  test("lets answers, idempotency keys and open circuits last as long as they should", async () => {
    const key = { "idempotency-key": "one" };
    const before = [await textOf("count"), await textOf("act", {}, key)];
    for (let time = 0; time < 3; time += 1) await server.call("fail", { really: true });
    await jump();

    const soon = [await textOf("count"), await textOf("act", {}, key), await textOf("fail", { really: false })];
    await delay(2_600);
    const late = [await textOf("count"), await textOf("act", {}, key), await textOf("fail", { really: false })];

    expect(before).toEqual(["1", "2"]);
    expect(soon).toEqual(["1", "2", expect.stringContaining("failed too often")]);
    expect(late).toEqual(["3", "4", "well"]);
  });

  test("neither fills a caller's bucket nor stops it from filling", async () => {
    // The jump takes one of the twelve.
    for (let time = 0; time < 11; time += 1) await server.call("echo", { text: "hi" });
    await jump();

    const dry = await Promise.all([1, 2, 3].map(() => server.call("echo", { text: "hi" })));
    await delay(2_500);
    const later = await textOf("echo", { text: "hi" });

    expect(dry.filter(({ error }) => error !== undefined).length).toBeGreaterThanOrEqual(2);
    expect(later).toBe("hi");
  });

  test("leaves the audit log a chain in the order in which things happened", async () => {
    await server.call("echo", { text: "before" });
    await jump();
    await server.call("echo", { text: "after" });
    server.process.kill("SIGTERM");
    await server.exit;

    const file = join(folder, "audit.log");
    const records = (await readFile(file, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { target?: string; seq: number; time: string });
    const [before, after] = records.filter(({ target }) => target === "echo");
    expect(await verifyAuditLog(file)).toMatchObject({ ok: true });
    expect(records.map(({ seq }) => seq)).toEqual(records.map(({ seq }) => seq).toSorted((a, b) => a - b));
    // Times are those of the wall: what an operator compares with other logs.
    expect(Math.sign(Date.parse(after?.time ?? "") - Date.parse(before?.time ?? ""))).toBe(Math.sign(jumpMs));
  });

  test("is what the life of a question to the user goes by: one that is over has to be asked anew", async () => {
    const asked = await postModern({});
    await jump();

    const answered = await postModern({
      requestState: asked.result?.requestState,
      inputResponses: Object.fromEntries(
        Object.keys(asked.result?.inputRequests ?? {}).map((key) => [key, { action: "decline" }]),
      ),
    });

    expect(asked.result?.resultType).toBe("input_required");
    // Sealed for ten minutes by a clock that several servers share, which must be the one on the wall.
    expect(JSON.stringify(answered)).toContain(answerToQuestion);
  });
});

interface ModernAnswer {
  readonly result?: {
    readonly resultType?: string;
    readonly requestState?: string;
    readonly inputRequests?: object;
  };
}

async function postModern(extra: object): Promise<ModernAnswer> {
  const meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } },
  };
  const response = await fetch(await server.url(), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "ask",
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "ask", arguments: {}, _meta: meta, ...extra },
    }),
  });
  return (await response.json()) as ModernAnswer;
}

import { PassThrough, Writable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { stderrLogger } from "../../context/logger.ts";
import { KitError } from "../../errors/kit-error.ts";
import { standInServer, type StandInOptions } from "./fixtures/stand-in-server.ts";
import { wireClient, type WireClient } from "./fixtures/wire-client.ts";
import { serveStdio, type StdioHost, type StdioOptions } from "./serve-stdio.ts";

interface Session extends AsyncDisposable {
  readonly client: WireClient;
  readonly host: StdioHost;
  readonly input: PassThrough;
  readonly output: PassThrough;
  readonly lines: readonly string[];
}

async function open(options: StdioOptions = {}, serverOptions: StandInOptions = {}): Promise<Session> {
  const input = new PassThrough();
  const output = new PassThrough();
  const lines: string[] = [];
  const log = stderrLogger({ level: "debug", write: (line) => void lines.push(line) });
  const host = await serveStdio(standInServer({ log, ...serverOptions }), { input, output, ...options });
  const client = wireClient(input, output);
  return { client, host, input, output, lines, [Symbol.asyncDispose]: () => host.close() };
}

function textOf(answer: object): unknown {
  return (answer as { result?: { content?: { text?: unknown }[] } }).result?.content?.[0]?.text;
}

const modernMeta = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "wire-client", version: "1.0.0" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

describe("serving", () => {
  it("serves a legacy client", async () => {
    await using session = await open();
    await session.client.initialize();

    const answer = await session.client.request(2, "tools/call", { name: "echo", arguments: { text: "hello" } });

    expect(textOf(answer)).toBe("hello");
  });

  it("serves a modern client", async () => {
    await using session = await open();
    const params = { name: "echo", arguments: { text: "hello" }, _meta: modernMeta };

    const answer = await session.client.request(1, "tools/call", params);

    expect(textOf(answer)).toBe("hello");
    expect(answer).toMatchObject({ result: { resultType: "complete" } });
  });

  it("binds one connection of the era that the client opened with", async () => {
    const server = standInServer({ log: stderrLogger({ level: "silent" }) });
    const input = new PassThrough();
    const output = new PassThrough();
    const host = await serveStdio(server, { input, output });

    await wireClient(input, output).initialize();
    await host.close();

    expect(server.bound).toEqual([{ transport: "stdio", era: "legacy", lifetime: "connection" }]);
  });

  it("starts the services first, and throws when one fails", async () => {
    const failure = new KitError("UNAVAILABLE", 'Service "db" failed to start');
    const input = new PassThrough();

    const opening = serveStdio(standInServer({ start: () => Promise.reject(failure) }), {
      input,
      output: new PassThrough(),
    });

    await expect(opening).rejects.toBe(failure);
    expect(input.listenerCount("data")).toBe(0);
  });

  it("refuses options out of range", async () => {
    await expect(open({ maxLineBytes: 0 })).rejects.toThrow(
      "maxLineBytes is 0; it must be a whole number of at least 1",
    );
    await expect(open({ drainMs: -1 })).rejects.toMatchObject({ code: "MISUSE" });
    await expect(open({ drainMs: Number.NaN })).rejects.toMatchObject({ code: "MISUSE" });
  });
});

describe("lines", () => {
  it("keeps characters whole that are split between chunks, and takes CRLF and blank lines", async () => {
    await using session = await open();
    await session.client.initialize();
    const text = "naïve 🦆 日本語";
    const line = JSON.stringify({
      jsonrpc: "2.0",
      id: 5,
      method: "tools/call",
      params: { name: "echo", arguments: { text } },
    });

    for (const byte of Buffer.from(`\n \r\n${line}\r\n\r\n`)) session.client.raw(new Uint8Array([byte]));

    expect(textOf(await session.client.until(({ id }) => id === 5))).toBe(text);
    expect(session.client.received).toHaveLength(2);
  });

  it("answers a line past the limit under its request's id, and serves the next one", async () => {
    await using session = await open({ maxLineBytes: 1_000 });
    await session.client.initialize();

    const refused = await session.client.request(6, "tools/call", {
      name: "echo",
      arguments: { text: "x".repeat(2_000) },
    });
    const served = await session.client.request(7, "tools/call", { name: "echo", arguments: { text: "short" } });

    expect(refused).toMatchObject({ error: { code: -32600, data: { maxLineBytes: 1_000 } } });
    expect((refused["error"] as Error).message).toContain("longer than 1000 bytes");
    expect(textOf(served)).toBe("short");
  });

  it("skips a line of 50 MB without keeping it", async () => {
    await using session = await open();
    await session.client.initialize();
    const chunk = Buffer.alloc(64 * 1024, "x");
    const before = process.memoryUsage();
    let peak = 0;

    session.client.raw('{"jsonrpc":"2.0","id":8,"method":"tools/call","params":"');
    for (let sent = 0; sent < 50_000_000; sent += chunk.length) {
      if (!session.input.write(chunk)) await new Promise((resolve) => session.input.once("drain", resolve));
      const { arrayBuffers, heapUsed } = process.memoryUsage();
      peak = Math.max(peak, arrayBuffers + heapUsed - before.arrayBuffers - before.heapUsed);
    }
    session.client.raw('"}\n');

    expect(await session.client.until(({ id }) => id === 8)).toMatchObject({ error: { code: -32600 } });
    // The line may be kept up to the limit of 10 MiB, plus the smaller buffers that it grew out of.
    expect(peak).toBeLessThan(45_000_000);
  });
});

describe("10,000 random and mutated lines", () => {
  it.each(["legacy", "modern"])("are all answered with valid JSON-RPC or not at all (%s)", async (era) => {
    await using session = await open({ maxLineBytes: 20_000 });
    const { client } = session;
    if (era === "legacy") await client.initialize();
    const meta = era === "modern" ? { _meta: modernMeta } : {};
    if (era === "modern") await client.request("open", "tools/list", meta);
    const templates = [
      { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "echo", arguments: { text: "a" }, ...meta } },
      { jsonrpc: "2.0", id: 2, method: "tools/list", params: { ...meta } },
      {
        jsonrpc: "2.0",
        id: 3,
        method: "initialize",
        params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "x", version: "1" } },
      },
      { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1, ...meta } },
      { jsonrpc: "2.0", id: 4, result: { action: "accept" } },
      {
        jsonrpc: "2.0",
        id: 5,
        method: "subscriptions/listen",
        params: { notifications: { toolsListChanged: true }, ...meta },
      },
    ];
    const messages = fc.constantFrom(...templates).chain((template) =>
      fc
        .record({
          path: fc.constantFrom("jsonrpc", "id", "method", "params", "result", "_meta", "extra"),
          value: fc.jsonValue({ maxDepth: 3 }),
        })
        .map(({ path, value }) =>
          JSON.stringify(
            path === "_meta"
              ? { ...template, params: { ...template.params, _meta: value } }
              : { ...template, [path]: value },
          ),
        ),
    );
    const mutations = fc
      .tuple(
        fc.constantFrom(...templates).map((template) => JSON.stringify(template)),
        fc.nat(400),
        fc.string({ unit: "binary", maxLength: 4 }),
      )
      .map(([line, at, junk]) => line.slice(0, at) + junk + line.slice(at + 2));
    const deep = fc
      .nat(9_000)
      .map(
        (depth) =>
          `{"jsonrpc":"2.0","id":"deep","method":"tools/call","params":${"[".repeat(depth)}${"]".repeat(depth)}}`,
      );
    const deepMeta = fc
      .nat(3_000)
      .map(
        (depth) =>
          `{"jsonrpc":"2.0","id":"deep","method":"tools/call","params":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}`,
      );
    const lines = fc.oneof(
      { weight: 8, arbitrary: messages },
      { weight: 8, arbitrary: mutations },
      { weight: 4, arbitrary: fc.json() },
      { weight: 4, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
      { weight: 1, arbitrary: fc.oneof(deep, deepMeta) },
    );
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);

    for (const [index, line] of fc.sample(lines, { numRuns: 5_000, seed: 20261120 }).entries()) {
      client.raw(`${line}\n`);
      if (index % 500 === 0) await client.request(`probe-${index}`, "tools/list", meta);
    }
    const last = await client.request("last", "tools/call", { name: "echo", arguments: { text: "alive" }, ...meta });
    process.off("unhandledRejection", unhandled);

    expect(textOf(last)).toBe("alive");
    expect(unhandled).not.toHaveBeenCalled();
    expect(client.received.filter((message) => !isJsonRpc(message))).toEqual([]);
  });

  it("leave no valid request without an answer", async () => {
    await using session = await open();
    await session.client.initialize();
    const ids = new Set<string>();
    const params = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.record({ _meta: fc.jsonValue({ maxDepth: 2 }) }),
      fc.record({
        _meta: fc.record(
          {
            progressToken: fc.jsonValue({ maxDepth: 1 }),
            "io.modelcontextprotocol/related-task": fc.jsonValue({ maxDepth: 2 }),
          },
          { requiredKeys: [] },
        ),
      }),
    );

    for (const [index, value] of fc.sample(params, { numRuns: 1_000, seed: 7 }).entries()) {
      ids.add(`r${index}`);
      session.client.send({
        id: `r${index}`,
        method: index % 2 === 0 ? "tools/list" : "tools/call",
        params: value,
        extra: index,
      });
    }
    await session.client.request("last", "ping");
    await vi.waitFor(() => {
      for (const { id } of session.client.received) ids.delete(id as string);
      expect([...ids]).toEqual([]);
    });
  });
});

/** JSON-RPC 2.0, sections 4 and 5. */
function isJsonRpc(message: Readonly<Record<string, unknown>>): boolean {
  const { jsonrpc, id, method, result, error } = message;
  if (jsonrpc !== "2.0") return false;
  if (typeof method === "string") return result === undefined && error === undefined;
  if (!(typeof id === "string" || typeof id === "number" || id === null)) return false;
  if (error === undefined) return typeof result === "object" && result !== null;
  const { code, message: text } = error as { code: unknown; message: unknown };
  return result === undefined && Number.isInteger(code) && typeof text === "string";
}

describe("the end of input", () => {
  it("lets calls in flight finish, and writes their answers", async () => {
    const release = Promise.withResolvers<string>();
    await using session = await open({}, { tools: { held: () => release.promise } });
    await session.client.initialize();
    session.client.send({ id: 2, method: "tools/call", params: { name: "held" } });
    await session.client.request(3, "ping");

    session.input.end();
    release.resolve("finished");
    await session.host.closed;

    expect(textOf(await session.client.until(({ id }) => id === 2))).toBe("finished");
  });

  it("serves what came with it, even without a last line feed", async () => {
    await using session = await open();
    const clientInfo = { name: "pipe", version: "1.0.0" };
    session.client.send({
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo },
    });
    session.client.send({ method: "notifications/initialized" });

    session.input.end(
      JSON.stringify({
        jsonrpc: "2.0",
        id: 2,
        method: "tools/call",
        params: { name: "echo", arguments: { text: "piped" } },
      }),
    );
    await session.host.closed;

    expect(textOf(await session.client.until(({ id }) => id === 2))).toBe("piped");
  });

  it("aborts calls that do not finish in time", async () => {
    const aborted = Promise.withResolvers<void>();
    const tools: StandInOptions["tools"] = {
      endless: (_, ctx) => {
        ctx.mcpReq.signal.addEventListener("abort", () => aborted.resolve());
        return new Promise<never>(() => undefined);
      },
    };
    await using session = await open({ drainMs: 20 }, { tools });
    await session.client.initialize();
    session.client.send({ id: 2, method: "tools/call", params: { name: "endless" } });
    await session.client.request(3, "ping");

    session.input.end();
    await session.host.closed;

    await expect(aborted.promise).resolves.toBeUndefined();
  });

  it("waits neither for a cancelled call nor for a subscription, and ends the subscription", async () => {
    await using session = await open({ drainMs: 60_000 });
    const { client } = session;
    client.send({
      id: "sub",
      method: "subscriptions/listen",
      params: { notifications: { toolsListChanged: true }, _meta: modernMeta },
    });
    client.send({ id: 2, method: "tools/call", params: { name: "never", arguments: {}, _meta: modernMeta } });
    client.send({ method: "notifications/cancelled", params: { requestId: 2, _meta: modernMeta } });
    await client.request(3, "tools/list", { _meta: modernMeta });

    session.input.end();
    await session.host.closed;

    expect(await client.until(({ id }) => id === "sub")).toMatchObject({ result: { resultType: "complete" } });
  });

  it("is the same as close(), which may be called any number of times", async () => {
    const session = await open();
    await session.client.initialize();

    await Promise.all([session.host.close(), session.host.close()]);
    session.client.send({ id: 9, method: "ping" });
    await session.host.closed;

    expect(session.client.received.some(({ id }) => id === 9)).toBe(false);
    expect(session.input.listenerCount("data")).toBe(0);
  });
});

describe("a client that does not read", () => {
  /** An output whose reader takes nothing until it is told to. */
  function stuckOutput(): { output: Writable; release: () => void; fail: (error: Error) => void } {
    let next: ((error?: Error) => void) | undefined;
    let stuck = true;
    const output = new Writable({
      highWaterMark: 1_000,
      write(_chunk, _encoding, callback) {
        if (stuck) next = callback;
        else callback();
      },
    });
    const release = (): void => {
      stuck = false;
      next?.();
    };
    return { output, release, fail: (error) => next?.(error) };
  }

  function callsFor(bytes: number, from: number, count: number): string {
    const call = (id: number): object => ({
      jsonrpc: "2.0",
      id,
      method: "tools/call",
      params: { name: "large", arguments: { bytes } },
    });
    return Array.from({ length: count }, (_, index) => `${JSON.stringify(call(from + index))}\n`).join("");
  }

  const handshake = `${JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "stuck", version: "1.0.0" } },
  })}\n`;

  it("is not read from, so that what waits for it stays bounded, until it reads again", async () => {
    const { output, release } = stuckOutput();
    const input = new PassThrough({ highWaterMark: 1_000 });
    const host = await serveStdio(standInServer(), { input, output, maxBacklogBytes: 100_000 });

    input.write(handshake);
    let id = 2;
    // Like a pipe, which hands over a piece per turn of the event loop and takes no more than fits.
    for (; id < 1_002 && input.write(callsFor(10_000, id, 1)); id++) await new Promise(setImmediate);
    const backlog = output.writableLength;
    release();
    input.end();
    await host.closed;

    // The limit, one answer more, and no call beyond: nothing near the ten million bytes that were asked for.
    expect(backlog).toBeGreaterThan(100_000);
    expect(backlog).toBeLessThan(150_000);
    expect(id).toBeLessThan(40);
    expect(input.readableEnded).toBe(true);
  });

  it("does not keep a closing server", async () => {
    const { output } = stuckOutput();
    const input = new PassThrough();
    const host = await serveStdio(standInServer(), { input, output, drainMs: 20 });
    input.write(handshake + callsFor(10_000, 2, 3));
    await vi.waitFor(() => expect(output.writableLength).toBeGreaterThan(0));

    await host.close();

    await expect(host.closed).resolves.toBeUndefined();
  });

  it("is gone when its pipe breaks: the server ends without draining", async () => {
    const { output, fail } = stuckOutput();
    const input = new PassThrough();
    const host = await serveStdio(standInServer({ log: stderrLogger({ level: "silent" }) }), {
      input,
      output,
      drainMs: 60_000,
    });
    input.write(
      `${handshake}${JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "never" } })}\n`,
    );
    await vi.waitFor(() => expect(output.writableLength).toBeGreaterThan(0));

    fail(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    await host.closed;
    output.emit("error", new Error("a late EPIPE"));

    expect(input.isPaused()).toBe(true);
  });
});

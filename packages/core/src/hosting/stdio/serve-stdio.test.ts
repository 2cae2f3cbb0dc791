import { once } from "node:events";
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stderrLogger } from "../../context/logger.ts";
import { KitError } from "../../errors/kit-error.ts";
import { envelope } from "./fixtures/moves.ts";
import { openSession, textOf, type Session } from "./fixtures/open-session.ts";
import { standInServer, type StandInOptions } from "./fixtures/stand-in-server.ts";
import { wireClient } from "./fixtures/wire-client.ts";
import { serveStdio, type StdioOptions } from "./serve-stdio.ts";

afterEach(() => {
  vi.useRealTimers();
});

describe.each(["direct", "sdk"] as const)("on the %s lane", (lane) => {
  const open = (options: StdioOptions = {}, serverOptions: StandInOptions = {}): Promise<Session> =>
    openSession({ lane, ...options }, serverOptions);

  describe("serving", () => {
    it("serves a legacy client", async () => {
      await using session = await open();
      await session.client.initialize();

      const answer = await session.client.request(2, "tools/call", { name: "echo", arguments: { text: "hello" } });

      expect(textOf(answer)).toBe("hello");
    });

    it("serves a modern client", async () => {
      await using session = await open();
      const params = { name: "echo", arguments: { text: "hello" }, _meta: envelope };

      const answer = await session.client.request(1, "tools/call", params);

      expect(textOf(answer)).toBe("hello");
      expect(answer).toMatchObject({ result: { resultType: "complete" } });
    });

    it("binds one connection of the era that the client opened with, or none on the direct lane", async () => {
      const server = standInServer({ log: stderrLogger({ level: "silent" }) });
      const input = new PassThrough();
      const output = new PassThrough();
      const host = await serveStdio(server, { input, output, lane });

      await wireClient(input, output).initialize();
      await host.close();

      const bound = { transport: "stdio", era: "legacy", lifetime: "connection" };
      expect(server.bound).toEqual(lane === "sdk" ? [bound] : []);
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
      await expect(open({ lane: "both" as "sdk" })).rejects.toThrow('lane is "both"; use "direct" or "sdk"');
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

    it("skips a line of 150 MB without keeping it", async () => {
      await using session = await open();
      await session.client.initialize();
      const chunk = Buffer.alloc(64 * 1024, "x");
      const before = process.memoryUsage();
      let peak = 0;

      session.client.raw('{"jsonrpc":"2.0","id":8,"method":"tools/call","params":"');
      for (let sent = 0; sent < 150_000_000; sent += chunk.length) {
        if (!session.input.write(chunk)) await new Promise((resolve) => session.input.once("drain", resolve));
        const { arrayBuffers, heapUsed } = process.memoryUsage();
        peak = Math.max(peak, arrayBuffers + heapUsed - before.arrayBuffers - before.heapUsed);
      }
      session.client.raw('"}\n');

      expect(await session.client.until(({ id }) => id === 8)).toMatchObject({ error: { code: -32600 } });
      // The line may be kept up to the limit of 10 MiB, plus the smaller buffers that it grew out of and
      // what no collection has taken yet.
      expect(peak).toBeLessThan(100_000_000);
    });
  });

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
          ctx.signal.addEventListener("abort", () => aborted.resolve());
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

    it("aborts calls within a moment when the client's process ends with the input", async () => {
      const { ppid } = process;
      using parent = vi.spyOn(process, "ppid", "get").mockReturnValue(ppid);
      const aborted = Promise.withResolvers<void>();
      const tools: StandInOptions["tools"] = {
        endless: (_, ctx) => {
          ctx.signal.addEventListener("abort", () => aborted.resolve());
          return new Promise<never>(() => undefined);
        },
      };
      vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
      await using session = await open({ drainMs: 60_000, watchParent: true }, { tools });
      await session.client.initialize();
      session.client.send({ id: 2, method: "tools/call", params: { name: "endless" } });
      await session.client.request(3, "ping");

      session.input.end();
      await once(session.input, "end");
      parent.mockReturnValue(1);
      vi.advanceTimersByTime(25);
      await session.host.closed;

      await expect(aborted.promise).resolves.toBeUndefined();
    });

    it("waits neither for a cancelled call nor for a subscription, and ends the subscription", async () => {
      await using session = await open({ drainMs: 60_000 });
      const { client } = session;
      client.send({
        id: "sub",
        method: "subscriptions/listen",
        params: { notifications: { toolsListChanged: true }, _meta: envelope },
      });
      client.send({ id: 2, method: "tools/call", params: { name: "never", arguments: {}, _meta: envelope } });
      client.send({ method: "notifications/cancelled", params: { requestId: 2, _meta: envelope } });
      await client.request(3, "tools/list", { _meta: envelope });

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
});

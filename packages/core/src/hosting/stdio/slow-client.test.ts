import { PassThrough, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { stderrLogger } from "../../context/logger.ts";
import { standInServer } from "./fixtures/stand-in-server.ts";
import { serveStdio } from "./serve-stdio.ts";

describe.each(["direct", "sdk"] as const)("a client that does not read, on the %s lane", (lane) => {
  it("is not read from, so that what waits for it stays bounded, until it reads again", async () => {
    const { output, release } = stuckOutput();
    const input = new PassThrough({ highWaterMark: 1_000 });
    const host = await serveStdio(standInServer(), { input, output, lane, maxBacklogBytes: 100_000 });

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
    const host = await serveStdio(standInServer(), { input, output, lane, drainMs: 20 });
    input.write(handshake + callsFor(10_000, 2, 3));
    await expect.poll(() => output.writableLength).toBeGreaterThan(0);

    await host.close();

    await expect(host.closed).resolves.toBeUndefined();
  });

  it("is gone when its pipe breaks: the server ends without draining", async () => {
    const { output, fail } = stuckOutput();
    const input = new PassThrough();
    const host = await serveStdio(standInServer({ log: stderrLogger({ level: "silent" }) }), {
      input,
      output,
      lane,
      drainMs: 60_000,
    });
    input.write(
      `${handshake}${JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "never" } })}\n`,
    );
    await expect.poll(() => output.writableLength).toBeGreaterThan(0);

    fail(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    await host.closed;
    output.emit("error", new Error("a late EPIPE"));

    expect(input.isPaused()).toBe(true);
  });
});

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

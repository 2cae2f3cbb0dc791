import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { wireClient, type WireClient } from "./fixtures/wire-client.ts";

const children: ChildProcess[] = [];
/** A server whose client was killed; set as long as it may still run. */
let orphan: number | undefined;
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  if (orphan !== undefined) process.kill(orphan, "SIGKILL");
  orphan = undefined;
});

function start(fixture: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`fixtures/${fixture}.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@plinth/source", path, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  children.push(child);
  const stderr: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => void stderr.push(text));
  return { child, stderr, exit: once(child, "exit") };
}

async function connect(options: object = {}) {
  const server = start("stdio-server", JSON.stringify(options));
  const client: WireClient = wireClient(server.child.stdin, server.child.stdout);
  await client.initialize();
  return { ...server, client };
}

describe("a stdio server in its own process", () => {
  it("exits with 0 at the end of input, after the calls in flight", async () => {
    const { child, client, exit } = await connect();
    client.send({ id: 2, method: "tools/call", params: { name: "slow", arguments: { ms: 200 } } });

    child.stdin.end();
    const [code, signal] = await exit;

    expect([code, signal]).toEqual([0, null]);
    expect(client.received.find(({ id }) => id === 2)).toMatchObject({ result: { content: [{ text: "done" }] } });
  });

  it("exits when the drain is over although a call never ends", async () => {
    const { child, client, exit } = await connect({ drainMs: 500 });
    client.send({ id: 2, method: "tools/call", params: { name: "ticking" } });
    await client.request(3, "ping");
    const start = performance.now();

    child.stdin.end();

    expect(await exit).toEqual([0, null]);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it("keeps stdout clean when a tool prints", async () => {
    const { child, client, stderr, exit } = await connect();

    const answer = await client.request(2, "tools/call", { name: "noisy", arguments: { times: 50 } });
    child.stdin.end();
    await exit;

    expect(answer).toMatchObject({ result: { content: [{ text: "quiet" }] } });
    expect(client.received.filter((message) => "garbage" in message)).toEqual([]);
    expect(stderr.join("").match(/noise on stdout/g)).toHaveLength(50);
    expect(stderr.join("").match(/Redirected a write/g)).toHaveLength(2);
    expect(stderr.join("")).toContain("stand-in-server.ts");
  });

  it("ends in order when the client closes both its pipes in the middle of a large answer", async () => {
    const { child, client, stderr, exit } = await connect();
    client.send({ id: 2, method: "tools/call", params: { name: "large", arguments: { bytes: 20_000_000 } } });
    await once(child.stdout, "data");

    child.stdout.destroy();
    child.stderr.destroy();
    const ended = await Promise.race([exit, delay(5_000, "still there", { ref: false })]);

    expect(ended).toEqual([0, null]);
    expect(stderr.join("")).not.toContain("Unhandled");
  });

  it("takes a line of 50 MB without keeping it", async () => {
    const { child, client, exit } = await connect();
    const chunk = Buffer.alloc(1_000_000, "x");

    client.raw('{"method":"tools/call","params":{"name":"');
    for (let sent = 0; sent < 50; sent++) {
      if (!child.stdin.write(chunk)) await once(child.stdin, "drain");
    }
    client.raw('"},"jsonrpc":"2.0","id":2}\n');
    const refused = await client.until(({ id }) => id === 2);
    const served = await client.request(3, "tools/call", { name: "echo", arguments: { text: "next" } });
    child.stdin.end();
    await exit;

    expect(refused).toMatchObject({ error: { code: -32600 } });
    expect(served).toMatchObject({ result: { content: [{ text: "next" }] } });
  });

  it.each([[undefined], ["never"], ["ticking"], ["busy"]])(
    "is gone within two seconds of its client's SIGKILL (in flight: %s)",
    async (tool) => {
      const client = start("client-process", ...(tool === undefined ? [] : [tool]));
      const [line] = (await once(client.child.stdout.setEncoding("utf8"), "data")) as [string];
      orphan = Number(line);
      process.kill(orphan, 0);
      const killed = performance.now();

      client.child.kill("SIGKILL");
      // The server holds its client's stderr: it has closed when both processes are gone.
      await once(client.child, "close");
      orphan = undefined;

      expect(performance.now() - killed).toBeLessThan(10_000);
    },
  );
});

import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, test } from "vitest";
import { startServer } from "./fixtures/running-server.ts";

test("a tool that blocks for 5 s makes everybody late, drops nobody, and is named in log and metrics", async () => {
  await using server = startServer();
  const url = await server.url();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const probe = async (): Promise<{ status: number | undefined; port: number | undefined }> => {
    const [response] = (await once(get(new URL("/healthz", url), { agent }), "response")) as [IncomingMessage];
    response.resume();
    return { status: response.statusCode, port: response.socket.localPort };
  };
  const before = await probe();

  const blocking = server.call("block", { ms: 5_000 });
  await delay(500);
  const [blocked, during, ...echoes] = await Promise.all([
    blocking,
    probe(),
    ...Array.from({ length: 20 }, () => server.call("echo", { text: "late" })),
  ]);
  const after = await probe();
  agent.destroy();
  const line = await server.logged(
    ({ message, target }) => message === "The event loop was blocked" && target === "block",
  );

  expect(blocked.text).toBe("blocked");
  expect(echoes.map(({ text }) => text)).toEqual(echoes.map(() => "late"));
  expect([before.status, during.status, after.status]).toEqual([200, 200, 200]);
  // The same connection all the time: nobody cut it, and nobody had to dial again.
  expect([during.port, after.port]).toEqual([before.port, before.port]);
  expect(line).toMatchObject({ level: "warn", cause: "ran", ms: expect.closeTo(5_000, -3) });
  expect(await server.metric('plinth_event_loop_stall_seconds_count{target="block"')).toBe(1);
  expect(await server.metric('plinth_event_loop_stall_seconds_sum{target="block"')).toBeGreaterThan(4);
});

test("one worker that is blocked does not keep the other from serving", async () => {
  await using server = startServer({ env: { SERVER_WORKERS: "2" } });
  await server.url();
  const finished: string[] = [];
  const note = async (name: string, work: Promise<unknown>): Promise<void> => {
    await work;
    finished.push(name);
  };

  const blocking = note("block", server.call("block", { ms: 5_000 }, { headers: { connection: "close" } }));
  await delay(500);
  const others = Array.from({ length: 10 }, () =>
    note("echo", server.call("echo", { text: "hi" }, { headers: { connection: "close" } })),
  );
  await Promise.all([blocking, ...others]);

  expect(finished).toHaveLength(11);
  expect(finished.indexOf("block")).toBeGreaterThanOrEqual(4);
  expect(server.process.exitCode).toBeNull();
  expect(server.log.filter(({ level }) => level === "error")).toEqual([]);
});

test("the watch for orphans leaves a server over stdio alone while its client is there", async () => {
  const client = new Client({ name: "test", version: "0" });
  const program = fileURLToPath(new URL("fixtures/bad-day-server.ts", import.meta.url));
  const args = ["--conditions=@plinth/source", program];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: "ignore" }));

  const blocked = await client.callTool({ name: "block", arguments: { ms: 5_000 } });
  const after = await client.callTool({ name: "echo", arguments: { text: "still here" } });
  await client.close();

  expect([blocked, after].map(({ content }) => content)).toEqual([
    [{ type: "text", text: "blocked" }],
    [{ type: "text", text: "still here" }],
  ]);
});

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { BadDay } from "./fixtures/bad-day-server.ts";
import { eventually, startServer, type RunningServer } from "./fixtures/running-server.ts";

const openFiles = Number(execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim()) || 1_000_000;
/** Of both ends: what a process has open besides is below that. */
const mostConnections = Math.min(10_000, openFiles - 500);

async function dial(server: RunningServer): Promise<Socket> {
  const socket = connect({ port: Number((await server.url()).port), host: "127.0.0.1" });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

function request(body: string, more = ""): string {
  const head = "POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n";
  const accept = "accept: application/json, text/event-stream\r\n";
  return `${head}${accept}${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const toolCall = (name: string, args: object, meta: object = {}): string =>
  JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args, _meta: meta } });

const isServed = async (server: RunningServer): Promise<boolean> =>
  (await server.call("echo", { text: "hi" })).text === "hi";

/** MiB in use, garbage aside. What the process has is more: V8 and the allocator keep pages for the next crowd. */
async function memoryInUse(server: RunningServer): Promise<number> {
  const { text: usage } = await server.call("collect");
  const { heapUsed, external } = JSON.parse(usage) as NodeJS.MemoryUsage;
  return Math.round((heapUsed + external) / 1024 / 1024);
}

test(`${mostConnections} idle connections are held, a call is answered, more are refused, and memory is given back`, async ({
  annotate,
}) => {
  await using server = startServer({ nodeOptions: ["--expose-gc"] });
  const { port } = await server.url();
  // One that is there before the crowd.
  await server.call("echo", { text: "hi" });
  const [before, used] = [await server.memory(), await memoryInUse(server)];
  const program = fileURLToPath(new URL("fixtures/crowd.ts", import.meta.url));
  const crowd = spawn(process.execPath, [program, port, String(mostConnections - 10)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    const [line] = (await once(crowd.stdout, "data")) as [Buffer];
    const held = JSON.parse(line.toString()) as { connected: number; refused: number };
    const counted = await server.metric("plinth_connections");
    const served = await isServed(server);
    const full = await server.memory();
    const over = await Promise.all(Array.from({ length: mostConnections === 10_000 ? 40 : 0 }, () => dial(server)));
    const ends = await Promise.all(
      over.map((socket) => Promise.race([once(socket, "close").then(() => "closed"), delay(1_500, "open")])),
    );
    for (const socket of over) socket.destroy();
    const stillServed = await isServed(server);
    crowd.stdin.end();
    await once(crowd, "exit");
    await eventually(
      () => server.metric("plinth_connections"),
      (value) => value !== undefined && value < 50,
    );
    const after = await memoryInUse(server);

    await annotate(
      `${held.connected} connections: RSS ${before} -> ${full} MiB; in use ${used} MiB before, ${after} after`,
    );
    expect(held).toEqual({ connected: mostConnections - 10, refused: 0 });
    expect(counted).toBeGreaterThanOrEqual(mostConnections - 10);
    expect([served, stillServed]).toEqual([true, true]);
    expect(full - before).toBeLessThan(400);
    expect(after - used).toBeLessThan(20);
    expect(ends.filter((end) => end === "closed").length).toBeGreaterThanOrEqual(over.length / 2);
  } finally {
    crowd.kill("SIGKILL");
  }
});

test("clients that send a header or a body byte by byte are cut off in time, and others are served meanwhile", async () => {
  await using server = startServer({ env: { TIMEOUTS_HEADERS: "1s", TIMEOUTS_REQUEST: "2s" } });
  const slow = async (first: string): Promise<string> => {
    const socket = await dial(server);
    socket.write(first);
    const drip = setInterval(() => socket.write("x"), 100);
    return text(socket).finally(() => clearInterval(drip));
  };

  const cutOff = Promise.all([
    ...Array.from({ length: 100 }, () => slow("POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ")),
    ...Array.from({ length: 100 }, () => slow(request("", "").replace("content-length: 0", "content-length: 100000"))),
  ]);
  const served = await Promise.all(Array.from({ length: 50 }, () => isServed(server)));
  const answers = await cutOff;

  expect(served).toEqual(served.map(() => true));
  expect(answers.map((answer) => answer.slice(0, 12))).toEqual(answers.map(() => "HTTP/1.1 408"));
});

test("clients that never read small answers, huge answers or a stream cost a bounded memory, and nobody else", async ({
  annotate,
}) => {
  const env = { BAD_DAY: JSON.stringify({ sendMs: 2_000 } satisfies BadDay) };
  await using server = startServer({ env, nodeOptions: ["--expose-gc"] });
  await server.call("say_much", { bytes: 4 * 1024 * 1024 });
  const [before, used] = [await server.memory(), await memoryInUse(server)];
  const deaf = async (bytes: string): Promise<Socket> => {
    const socket = (await dial(server)).pause();
    socket.write(bytes);
    return socket;
  };

  const sockets = await Promise.all([
    ...Array.from({ length: 20 }, () => deaf(request(toolCall("echo", { text: "x".repeat(1_000) })).repeat(500))),
    ...Array.from({ length: 20 }, () => deaf(request(toolCall("say_much", { bytes: 4 * 1024 * 1024 })))),
    ...Array.from({ length: 10 }, () => deaf(request(toolCall("report_much", { ms: 60_000 }, { progressToken: 1 })))),
  ]);
  let most = before;
  const served: boolean[] = [];
  for (let look = 0; look < 12; look += 1) {
    served.push(await isServed(server));
    most = Math.max(most, await server.memory());
    await delay(250);
  }
  // By the server alone: no client has gone away.
  await eventually(
    () => server.metric("plinth_calls_in_flight"),
    (value) => value === 0,
  );
  for (const socket of sockets) socket.destroy();
  const after = await memoryInUse(server);

  await annotate(`deaf clients: RSS ${before} -> ${most} MiB at most; in use ${used} MiB before, ${after} after`);
  expect(served).toEqual(served.map(() => true));
  // 80 MiB of huge answers wait for their clients, and what the streams may hold.
  expect(most - before).toBeLessThan(600);
  expect(after - used).toBeLessThan(20);
});

test("a header of 64 KiB is refused with 431, and garbage with 400, without a trace in other clients' calls", async () => {
  await using server = startServer();
  const say = async (bytes: string | Buffer): Promise<string> => {
    const socket = await dial(server);
    socket.end(bytes);
    return text(socket);
  };
  const fine = request(toolCall("echo", { text: "first" }));

  const header = await say(request("{}", `x-much: ${"x".repeat(65_536)}\r\n`));
  const garbage = await say("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
  const afterCall = await say(`${fine}THIS IS NO HTTP\r\n\r\n`);
  const served = await isServed(server);

  expect(header).toMatch(/^HTTP\/1\.1 431 /);
  expect(garbage).toMatch(/^HTTP\/1\.1 400 /);
  // A call that came whole is answered whole, whatever follows it.
  expect(afterCall).toMatch(/^HTTP\/1\.1 200 [\s\S]*first[\s\S]*HTTP\/1\.1 400 /);
  expect(served).toBe(true);
  expect(server.log.filter(({ level }) => level === "error")).toEqual([]);
});

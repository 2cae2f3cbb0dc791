import { once } from "node:events";
import fc from "fast-check";
import { expect, test } from "vitest";
import { modernMeta, openSocket, postHeaders, readToEnd, sendRaw } from "./fixtures/http-client.ts";
import { standInServer } from "./fixtures/stand-in-server.ts";
import { startHost } from "./fixtures/start-host.ts";
import type { HttpHost } from "./listen-http.ts";

const mebibyte = 1024 * 1024;

function head(extra: readonly string[], { method = "POST", path = "/mcp", host = "localhost" } = {}): string {
  return [`${method} ${path} HTTP/1.1`, `host: ${host}`, ...extra, "", ""].join("\r\n");
}

const jsonType = "content-type: application/json";
const acceptBoth = "accept: application/json, text/event-stream";

function post(
  { url }: HttpHost,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url, { method: "POST", headers: { ...postHeaders, ...headers }, body });
}

function errorOf(answer: string): { readonly code: number; readonly message: string } {
  return (JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))) as { error: { code: number; message: string } }).error;
}

test("A body that says it is 100 MB is refused with 413 before any of it is taken in", async () => {
  await using host = await startHost();
  const socket = await openSocket(host);
  const answer = readToEnd(socket);
  socket.write(head([jsonType, `content-length: ${100 * mebibyte}`]));

  const text = await answer;

  expect(text).toMatch(/^HTTP\/1.1 413 /);
  expect(text.toLowerCase()).toContain("connection: close");
  expect(errorOf(text).code).toBe(-31413);
});

test("A HEAD request that announces a body it never sends is refused with headers alone", async () => {
  await using host = await startHost();
  const socket = await openSocket(host);
  const answer = readToEnd(socket);
  socket.write(head([jsonType, "transfer-encoding: chunked"], { method: "HEAD" }));

  expect(await answer).toMatch(/^HTTP\/1.1 405 [^]*\r\n\r\n$/);
});

test("A client that pushes 100 MB without waiting gets 413, of which nearly nothing is taken in", async () => {
  await using host = await startHost({ maxBodyBytes: 1_000 });
  const mebibyteOfSpace = Buffer.alloc(mebibyte, " ");
  const before = process.memoryUsage().rss;
  const socket = await openSocket(host);
  const answer = readToEnd(socket);
  socket.write(head([jsonType, `content-length: ${100 * mebibyte}`]));
  for (let sent = 0; sent < 100; sent += 1) socket.write(mebibyteOfSpace);

  const text = await answer;

  expect(text).toMatch(/^HTTP\/1.1 413 /);
  // Both ends are in this process, and what the kernel buffers in between counts as sent.
  expect(socket.bytesWritten - socket.writableLength).toBeLessThan(16 * mebibyte);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * mebibyte);
});

test("A chunked body without end is refused with 413 as soon as it passes the limit", async () => {
  await using host = await startHost({ maxBodyBytes: 100_000 });
  const socket = await openSocket(host);
  const answer = readToEnd(socket);
  socket.write(head([jsonType, "transfer-encoding: chunked"]));
  const chunk = `${(10_000).toString(16)}\r\n${" ".repeat(10_000)}\r\n`;
  const pushing = setInterval(() => socket.write(chunk), 1);

  const text = await answer;
  clearInterval(pushing);

  expect(text).toMatch(/^HTTP\/1.1 413 /);
});

test("A client that asks before it sends is told to go on, or 413 in place of that", async () => {
  await using host = await startHost({ maxBodyBytes: 100 });
  const expecting = [jsonType, acceptBoth, "expect: 100-continue", "connection: close"];

  const refused = await sendRaw(host, head([...expecting, "content-length: 101"]));
  const socket = await openSocket(host);
  const answer = readToEnd(socket);
  socket.write(head([...expecting, "content-length: 2"]));
  await once(socket, "data");
  socket.write("{}");

  expect(refused).toMatch(/^HTTP\/1.1 413 /);
  expect(await answer).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 400 /);
});

test("Headers that arrive too slowly are answered with 408 and the connection is closed", async () => {
  await using host = await startHost({ headersTimeoutMs: 60, requestTimeoutMs: 120 });

  const answer = await sendRaw(host, "POST /mcp HTTP/1.1\r\nhost: localhost\r\nx-slow: ");

  expect(answer).toMatch(/^HTTP\/1.1 408 /);
  expect(errorOf(answer).code).toBe(-31408);
});

test("A body that arrives too slowly is answered with 408 and the connection is closed", async () => {
  await using host = await startHost({ headersTimeoutMs: 60, requestTimeoutMs: 120 });

  const answer = await sendRaw(host, `${head([jsonType, "content-length: 1000"])}{`);

  expect(answer).toMatch(/^HTTP\/1.1 408 /);
});

test("Headers above the limit are 431", async () => {
  await using host = await startHost({ maxHeaderBytes: 2_000 });

  const answer = await sendRaw(host, head([`x-big: ${"a".repeat(4_000)}`]));

  expect(answer).toMatch(/^HTTP\/1.1 431 /);
});

test("Pipelined requests are answered in their order", async () => {
  await using host = await startHost();
  const one = (id: number, last: boolean): string => {
    const body = JSON.stringify({ jsonrpc: "2.0", id, method: "tools/list", params: { _meta: modernMeta } });
    const headers = [jsonType, acceptBoth, "mcp-protocol-version: 2026-07-28", "mcp-method: tools/list"];
    return head([...headers, `content-length: ${body.length}`, ...(last ? ["connection: close"] : [])]) + body;
  };

  const answers = await sendRaw(host, [1, 2, 3, 4, 5].map((id) => one(id, id === 5)).join(""));

  expect([...answers.matchAll(/"id":(\d)/g)].map(([, id]) => Number(id))).toEqual([1, 2, 3, 4, 5]);
});

test.for([
  ["a missing Host", "GET /mcp HTTP/1.1\r\nconnection: close\r\n\r\n", 400],
  ["an empty Host", head(["connection: close"], { host: "" }), 400],
  ["a malformed Host", head(["connection: close"], { host: "local host:x" }), 400],
  ["a Host with user info", head(["connection: close"], { host: "user@localhost" }), 400],
  ["a Host with a port that cannot be", head(["connection: close"], { host: "localhost:99999" }), 400],
  ["a broken IPv6 Host", head(["connection: close"], { host: "[::::1]" }), 400],
  ["two Hosts", head(["host: evil.example", "connection: close"]), 400],
  ["another site's Host", head(["connection: close"], { host: "evil.example" }), 403],
  ["a Host that begins like ours", head(["connection: close"], { host: "localhost.evil.example" }), 403],
  ["another site's Origin", head(["origin: https://evil.example", "connection: close"]), 403],
  ["an Origin that begins like ours", head(["origin: http://localhost.evil.example", "connection: close"]), 403],
  ["the null Origin", head(["origin: null", "connection: close"]), 403],
  ["two Origins", head(["origin: http://localhost", "origin: https://evil.example", "connection: close"]), 400],
  ["two session ids", head(["mcp-session-id: a", "mcp-session-id: b", "connection: close"]), 400],
  ["a full URL as target", head(["connection: close"], { path: "http://evil.example/mcp" }), 400],
  ["an unknown path", head(["connection: close"], { path: "/other" }), 404],
  ["a wrong method", head(["connection: close"], { method: "PUT" }), 405],
  ["a null byte in a header", head(["x-null: a\0b", "connection: close"]), 400],
  ["bytes that are no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400],
  ["two lengths", head(["content-length: 1", "content-length: 2"]), 400],
  ["a length and chunks", head(["content-length: 3", "transfer-encoding: chunked"]), 400],
  ["a negative length", head(["content-length: -1"]), 400],
] as const)("A request with %s is refused in JSON", async ([, bytes, status]) => {
  await using host = await startHost();

  const answer = await sendRaw(host, bytes);

  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(errorOf(answer).message).not.toBe("");
});

test("A wrong method says which ones there are", async () => {
  await using sessions = await startHost();
  await using stateless = await startHost({ legacy: "stateless" });

  const allowed = await Promise.all([sessions, stateless].map(({ url }) => fetch(url, { method: "PATCH" })));

  expect(allowed.map(({ headers }) => headers.get("allow"))).toEqual(["POST, GET, DELETE", "POST"]);
});

test.for([
  ["no JSON", "{nope", -32700],
  ["nothing", "", -32700],
  ["invalid UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22]), -32700],
  ["a null byte", '{"jsonrpc":"2.0"\0}', -32700],
  ["a million levels", "[".repeat(500_000) + "]".repeat(500_000), -32600],
  ["many levels of objects", `${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)}`, -32600],
  ["an empty batch", "[]", -32600],
  ["null", "null", -32600],
  ["a number", "5", -32600],
] as const)("A body of %s is 400", async ([, body, code]) => {
  await using host = await startHost();

  const response = await post(host, body as string);

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ id: null, error: { code } });
});

test("Brackets in text are no levels", async () => {
  await using host = await startHost();

  const response = await post(
    host,
    JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { x: '[{"'.repeat(2_000) } }),
  );

  expect(response.status).toBe(200);
});

test.for(["text/plain", "application/jsonp", "application/x-www-form-urlencoded"])(
  "A body of type %s is 415",
  async (type) => {
    await using host = await startHost();

    const response = await post(host, "{}", { "content-type": type });

    expect(response.status).toBe(415);
  },
);

test("A compressed body is 415", async () => {
  await using host = await startHost();

  const response = await post(host, "{}", { "content-encoding": "gzip" });

  expect(response.status).toBe(415);
});

test("A client that leaves in the middle of its body does no harm", async () => {
  const server = standInServer();
  await using host = await startHost({}, server);
  const socket = await openSocket(host);
  socket.write(`${head([jsonType, "content-length: 100"])}{"jsonrpc"`);

  socket.destroy();
  const next = await post(host, JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }));

  expect(next.status).toBe(200);
  expect(server.logged.filter((line) => line.includes("error"))).toEqual([]);
});

test("Mutated messages always get a valid answer and never an unexplained 500", { timeout: 30_000 }, async () => {
  const server = standInServer();
  await using host = await startHost({}, server);
  const valid = [
    {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "echo", arguments: { a: [1, "x"] }, _meta: modernMeta },
    },
    { jsonrpc: "2.0", id: "b", method: "tools/list", params: {} },
    { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } },
    { jsonrpc: "2.0", id: 2, method: "server/discover", params: { _meta: modernMeta } },
  ].map((message) => JSON.stringify(message));
  const mutated = fc
    .tuple(
      fc.constantFrom(...valid),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom("", "{", "]", '"', "0", "null", "\\", "\u00e9")), { maxLength: 3 }),
    )
    .map(([text, edits]) =>
      edits.reduce(
        (now, [at, put]) => now.slice(0, at % (now.length + 1)) + put + now.slice((at % (now.length + 1)) + 1),
        text,
      ),
    );
  const body = fc.oneof(
    { weight: 8, arbitrary: mutated },
    { weight: 1, arbitrary: fc.json({ maxDepth: 4 }) },
    { weight: 1, arbitrary: fc.string() },
  );
  const headers = fc.record(
    {
      "mcp-protocol-version": fc.constantFrom("2026-07-28", "2025-11-25", "1999-01-01", "x"),
      "mcp-method": fc.constantFrom("tools/call", "tools/list", "x"),
      "mcp-name": fc.constantFrom("echo", "=?base64?!?=", "x"),
      "mcp-session-id": fc.constantFrom("none"),
    },
    { requiredKeys: [] },
  );

  const samples = fc.sample(fc.tuple(body, headers), 10_000);
  const answers = await inParallel(samples, 32, async ([text, extra]) => {
    const response = await post(host, text, extra);
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
  });

  expect(answers).toHaveLength(10_000);
  expect(answers.filter((answer) => !isValidAnswer(answer))).toEqual([]);
  expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
});

function isValidAnswer({ status, type, text }: { status: number; type: string | null; text: string }): boolean {
  if (status === 202) return text === "";
  const messages = type?.startsWith("text/event-stream")
    ? text.split("\n").flatMap((line) => (line.startsWith("data: ") ? [line.slice(6)] : []))
    : [text];
  return messages
    .flatMap((message) => JSON.parse(message) as object | object[])
    .every((message) => "jsonrpc" in message && ("result" in message || "error" in message || "method" in message));
}

async function inParallel<T, R>(items: readonly T[], workers: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.values();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (const item of queue) results.push(await work(item));
    }),
  );
  return results;
}

test("Garbage behind calls that came whole is refused after their answers, and not in their place", async () => {
  await using host = await startHost();
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
  const call = head([jsonType, acceptBoth, `content-length: ${body.length}`]) + body;

  const answer = await sendRaw(host, `${call}${call}THIS IS NO HTTP\r\n\r\n`);

  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 200", "HTTP/1.1 400"]);
});

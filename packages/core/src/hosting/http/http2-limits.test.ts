import { once } from "node:events";
import { constants } from "node:http2";
import { connect as connectTls } from "node:tls";
import { expect, test } from "vitest";
import { certificate } from "./fixtures/certificate.ts";
import { openSocket, readToEnd } from "./fixtures/http-client.ts";
import { answerOf, frame, Http2Client, mcpPost, preface } from "./fixtures/http2-client.ts";
import { standInServer } from "./fixtures/stand-in-server.ts";
import { startTlsHost } from "./fixtures/start-host.ts";

const { NGHTTP2_CANCEL, NGHTTP2_ENHANCE_YOUR_CALM } = constants;

test("A body that arrives too slowly is answered with 408, and its session goes on", async () => {
  await using host = await startTlsHost({ headersTimeoutMs: 60, requestTimeoutMs: 60 });
  await using client = new Http2Client(host);
  const slow = client.session.request(mcpPost, { endStream: false });
  slow.write("{");

  const answer = await answerOf(slow);
  const next = await client.send({ ":path": "/healthz" });

  expect([answer.status, next.status]).toEqual([408, 200]);
  expect(JSON.parse(answer.body)).toMatchObject({ error: { code: -31408 } });
});

test("Headers above the limit are refused, and the session goes on", async () => {
  await using host = await startTlsHost({ maxHeaderBytes: 2_000 });
  await using client = new Http2Client(host);

  const large = { ":path": "/healthz", "x-big": "a".repeat(4_000) };
  const beforeSettings = await client.send(large);
  await new Promise((resolve) => client.session.ping(resolve));
  const afterSettings = await client.send(large);
  const next = await client.send({ ":path": "/healthz" });

  expect(beforeSettings.status).toBe(431);
  expect([afterSettings.status, afterSettings.code]).toEqual([undefined, NGHTTP2_ENHANCE_YOUR_CALM]);
  expect(next.status).toBe(200);
});

test("As many headers as their bytes allow are taken", async () => {
  const seen: number[] = [];
  await using host = await startTlsHost({ authenticate: ({ headers }) => void seen.push([...headers].length) });
  await using client = new Http2Client(host);
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`x-${at}`, ""]));

  await client.send({ ":path": "/mcp", ...many });

  expect(seen).toEqual([301]);
});

test("A session without a request ends, and one with a call that takes its time does not", async () => {
  const server = standInServer();
  await using host = await startTlsHost({ headersTimeoutMs: 80, keepAliveTimeoutMs: 80 }, server);
  await using silent = new Http2Client(host);
  await using busy = new Http2Client(host);
  const call = answerOf(busy.call("tools/call", { name: "wait" }));
  await once(silent.session, "close");
  const reused = once(busy.session, "close");

  server.moments.emit("release");
  const { status } = await call;
  await reused;

  expect(status).toBe(200);
});

test("A client that takes nothing is cut off, and little of the answer is ever produced for it", async () => {
  let taken = 0;
  const cancelled = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken += 65_536;
      controller.enqueue(new Uint8Array(65_536));
    },
    cancel: () => cancelled.resolve(),
  });
  await using host = await startTlsHost({
    sendTimeoutMs: 50,
    routes: [{ method: "GET", path: "/endless", handle: () => new Response(body) }],
  });
  await using client = new Http2Client(host);
  const stream = client.open({ ":path": "/endless" });

  await cancelled.promise;

  expect(taken).toBeLessThan(1024 * 1024);
  stream.close();
});

test("A whole answer of which a client takes nothing is given up in time", async () => {
  await using host = await startTlsHost({ sendTimeoutMs: 50 });
  await using client = new Http2Client(host, { settings: { initialWindowSize: 0 } });

  const { status, body, code } = await answerOf(client.call("tools/call", { name: "echo" }));

  expect([status, body]).toEqual([200, ""]);
  expect(code).not.toBe(0);
});

test("As many large answers as a session may ask for at once are all given", async () => {
  const text = "x".repeat(500_000);
  await using host = await startTlsHost({ routes: [{ method: "GET", path: "/", handle: () => new Response(text) }] });
  await using client = new Http2Client(host);

  const answers = await Promise.all(Array.from({ length: 100 }, () => client.send({ ":path": "/" })));

  expect(new Set(answers.map(({ status, body }) => `${status} ${body.length}`))).toEqual(new Set(["200 500000"]));
});

test("A handshake that is never finished is cut off", async () => {
  await using host = await startTlsHost({ headersTimeoutMs: 60 });

  const ended = await readToEnd(await openSocket(host));

  expect(ended).toBe("");
});

test.for([
  ["bytes that are no HTTP/2", Buffer.from("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")],
  ["headers without end (CVE-2024-27983)", endlessHeaders()],
  ["requests that it gives up at once, without end (CVE-2023-44487)", rapidReset()],
] as const)("A client that sends %s loses its connection, and others are served", async ([, bytes]) => {
  await using host = await startTlsHost();
  await using client = new Http2Client(host);
  const socket = connectTls({ port: host.port, ca: certificate.cert, host: "127.0.0.1", ALPNProtocols: ["h2"] });
  socket.on("error", () => undefined);
  const ended = readToEnd(socket);
  await once(socket, "secureConnect");

  socket.write(bytes);

  await ended;
  expect((await client.send({ ":path": "/healthz" })).status).toBe(200);
});

function endlessHeaders(): Buffer {
  // An indexed field, `:method: GET` (RFC 7541 appendix A).
  const payload = Buffer.from([0x82]);
  const continuations = Array.from({ length: 1_000 }, () => frame("CONTINUATION", { stream: 1, payload }));
  return Buffer.concat([preface, frame("HEADERS", { stream: 1, payload }), ...continuations]);
}

function rapidReset(): Buffer {
  // `:method: POST`, `:scheme: https`, `:path: /` and an `:authority` that is spelled out.
  const payload = Buffer.from([0x83, 0x87, 0x84, 0x41, 9, ...Buffer.from("localhost")]);
  const cancel = Buffer.from([0, 0, 0, NGHTTP2_CANCEL]);
  const endOfHeaders = 4;
  const requests = Array.from({ length: 1_000 }, (_, at) => [
    frame("HEADERS", { stream: 2 * at + 1, flags: endOfHeaders, payload }),
    frame("RST_STREAM", { stream: 2 * at + 1, payload: cancel }),
  ]);
  return Buffer.concat([preface, ...requests.flat()]);
}

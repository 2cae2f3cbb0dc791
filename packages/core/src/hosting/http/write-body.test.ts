import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { resolveCompression, type CompressionOptions } from "./compression.ts";
import { openSocket } from "./fixtures/http-client.ts";
import { SharedBytes } from "./shared-bytes.ts";
import { writeBody, type WholeAnswer } from "./write-body.ts";

const json = { "content-type": "application/json" };
const large = JSON.stringify({ rows: Array.from({ length: 2_000 }, (_, id) => ({ id, name: "né" })) });

/** A server whose every answer is `answer`. */
async function serve(
  answer: Partial<WholeAnswer>,
  {
    compression = {},
    sendTimeoutMs = 1_000,
  }: { compression?: CompressionOptions | false; sendTimeoutMs?: number } = {},
): Promise<Server & AsyncDisposable & { readonly port: number }> {
  const options = { compression: resolveCompression(compression), sendTimeoutMs };
  const server = createServer((_request, response) => {
    writeBody(response, { status: 200, body: large, headers: json, ...answer }, options);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return Object.assign(server, { port });
}

async function get(
  port: number,
  accepted?: string,
  method = "GET",
): Promise<{ headers: IncomingMessage["headers"]; body: Buffer }> {
  const headers = accepted === undefined ? {} : { "accept-encoding": accepted };
  const [response] = (await once(request({ port, method, headers }).end(), "response")) as [IncomingMessage];
  return { headers: response.headers, body: await buffer(response) };
}

test.for([
  ["zstd", zstdDecompressSync],
  ["br", brotliDecompressSync],
  ["gzip", gunzipSync],
] as const)("A large answer goes out in %s to a client that accepts it", async ([encoding, decompress]) => {
  await using server = await serve({});

  const { headers, body } = await get(server.port, encoding);

  expect(headers).toMatchObject({ "content-encoding": encoding, vary: "Accept-Encoding" });
  expect(headers["content-length"]).toBe(String(body.length));
  expect(body.length).toBeLessThan(large.length / 4);
  expect(decompress(body).toString()).toBe(large);
});

test.for(["gzip", "br, gzip", "zstd", undefined])(
  "What is shared goes out to a client that accepts %s, compressed but once in gzip",
  async (accepted) => {
    const shared = new SharedBytes(large);
    await using server = await serve({ body: { before: `{"id":"é",`, shared, after: "}" } });

    const { headers, body } = await get(server.port, accepted);

    const decompressed = headers["content-encoding"] === "zstd" ? zstdDecompressSync(body) : body;
    const text = headers["content-encoding"] === "gzip" ? gunzipSync(body) : decompressed;
    expect(headers["content-encoding"]).toBe(accepted === "br, gzip" ? "gzip" : accepted);
    expect(headers["content-length"]).toBe(String(body.length));
    expect(text.toString()).toBe(`{"id":"é",${large}}`);
  },
);

test.for<[string, Partial<WholeAnswer>, string | undefined]>([
  ["a client that accepts none", {}, undefined],
  ["a client that prefers none", {}, "gzip;q=0.5, identity"],
])("For %s a large answer is sent as it is, and caches learn that it varies", async ([, answer, accepted]) => {
  await using server = await serve(answer);

  const { headers, body } = await get(server.port, accepted);

  expect(headers).toMatchObject({ vary: "Accept-Encoding", "content-length": String(Buffer.byteLength(large)) });
  expect([headers["content-encoding"], body.toString()]).toEqual([undefined, large]);
});

test.for<[string, Partial<WholeAnswer>, CompressionOptions | false]>([
  ["is one byte below the threshold", {}, { thresholdBytes: Buffer.byteLength(large) + 1 }],
  ["is compressed already", { headers: { ...json, "content-encoding": "br" } }, {}],
  ["is an image", { headers: { "content-type": "image/png" } }, {}],
  ["is an event stream", { headers: { "content-type": "text/event-stream" } }, {}],
  ["is a part", { headers: { ...json, "content-range": "bytes 0-1/2" } }, {}],
  ["has a strong ETag", { headers: { ...json, etag: '"1"' } }, {}],
  ["must not be transformed", { headers: { ...json, "cache-control": "private, no-transform" } }, {}],
  ["comes from a server that compresses nothing", {}, false],
])("An answer that %s is left alone", async ([, answer, compression]) => {
  await using server = await serve(answer, { compression });

  const { headers, body } = await get(server.port, "gzip");

  expect(body.toString()).toBe(large);
  expect(headers["vary"]).toBeUndefined();
});

test("An answer at the threshold is compressed", async () => {
  await using server = await serve({}, { compression: { thresholdBytes: Buffer.byteLength(large) } });

  const { headers } = await get(server.port, "gzip");

  expect(headers["content-encoding"]).toBe("gzip");
});

test("An answer that varies by something else says both", async () => {
  await using server = await serve({ headers: { ...json, vary: "Origin" } });

  const { headers } = await get(server.port, "gzip");

  expect(headers["vary"]).toBe("Origin, Accept-Encoding");
});

test("What compressing makes no smaller is sent as it is", async () => {
  const noise = Buffer.from(crypto.getRandomValues(new Uint8Array(1_000))).toString("latin1");
  await using server = await serve({ body: Buffer.from(noise, "latin1") }, { compression: { thresholdBytes: 10 } });

  const { headers, body } = await get(server.port, "gzip");

  expect([headers["content-encoding"], body.length]).toEqual([undefined, 1_000]);
});

test("HEAD is answered with the headers of GET", async () => {
  await using server = await serve({});

  const [head, whole] = [await get(server.port, "br", "HEAD"), await get(server.port, "br")];

  const { date: _, ...headers } = head.headers;
  expect(whole.headers).toMatchObject(headers);
  expect([head.body.length, headers["content-encoding"]]).toEqual([0, "br"]);
});

test("A client that takes nothing of a large answer is cut off, one that takes longer but goes on is not", async () => {
  const huge = Buffer.alloc(32 * 1024 * 1024, "x");
  await using server = await serve({ body: huge }, { compression: false, sendTimeoutMs: 600 });
  const [stalled, slow] = [await openSocket(server), await openSocket(server)];
  const cutOff = new Promise((resolve) => server.once("request", ({ socket }) => socket.once("close", resolve)));
  stalled.pause();
  stalled.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
  let taken = 0;
  slow.on("data", (piece: Buffer) => {
    taken += piece.length;
    slow.pause();
    setTimeout(() => slow.resume(), 2);
  });

  await once(server, "request");
  slow.write("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
  await Promise.all([cutOff, once(slow, "close")]);

  expect(taken).toBeGreaterThan(huge.length);
  stalled.destroy();
});

test.for<[CompressionOptions, string]>([
  [{ thresholdBytes: 0 }, "thresholdBytes is 0; it must be a whole number of at least 1"],
  [{ encodings: ["deflate" as never] }, '"deflate" is not known; choose of zstd, br, gzip'],
])("%j is refused with a sentence", ([options, words]) => {
  expect(() => resolveCompression(options)).toThrow(words);
});

import { once } from "node:events";
import { expect, test } from "vitest";
import { openSocket } from "./fixtures/http-client.ts";
import { standInServer } from "./fixtures/stand-in-server.ts";
import { startHost } from "./fixtures/start-host.ts";

/** A body without end, which counts what is taken of it and tells when it is cancelled. */
function endless(): { readonly body: ReadableStream<Uint8Array>; readonly cancelled: Promise<void>; taken: number } {
  const cancelled = Promise.withResolvers<void>();
  const source = {
    taken: 0,
    cancelled: cancelled.promise,
    body: new ReadableStream<Uint8Array>({
      pull(controller) {
        source.taken += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
      cancel: () => cancelled.resolve(),
    }),
  };
  return source;
}

const getBody = "GET /endless HTTP/1.1\r\nhost: localhost\r\n\r\n";

test("A client that takes nothing is cut off, and little of the answer is ever produced for it", async () => {
  const source = endless();
  await using host = await startHost({
    sendTimeoutMs: 50,
    routes: [{ method: "GET", path: "/endless", handle: () => new Response(source.body) }],
  });
  const socket = await openSocket(host);
  socket.pause();
  socket.write(getBody);

  await source.cancelled;

  expect(source.taken).toBeLessThan(32 * 1024 * 1024);
  socket.destroy();
});

test("A client that goes away cancels what is being sent to it", async () => {
  const source = endless();
  await using host = await startHost({
    routes: [{ method: "GET", path: "/endless", handle: () => new Response(source.body) }],
  });
  const socket = await openSocket(host);
  socket.write(getBody);
  await once(socket, "data");

  socket.destroy();

  await expect(source.cancelled).resolves.toBeUndefined();
});

test("An answer that breaks off in the middle ends its connection and is logged", async () => {
  const server = standInServer();
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(Buffer.from("begun"));
      controller.error(new Error("disk"));
    },
  });
  await using host = await startHost(
    { routes: [{ method: "GET", path: "/broken", handle: () => new Response(broken) }] },
    server,
  );

  const read = fetch(new URL("/broken", host.url)).then((response) => response.text());

  await expect(read).rejects.toThrow("terminated");
  expect(server.logged.join("")).toContain("disk");
});

test("Headers that belong to the connection are not the answer's to set", async () => {
  await using host = await startHost({
    routes: [
      { method: "GET", path: "/", handle: () => new Response("x", { headers: { connection: "close", "x-own": "1" } }) },
    ],
  });

  const response = await fetch(new URL("/", host.url));

  expect([response.headers.get("connection"), response.headers.get("x-own")]).toEqual(["keep-alive", "1"]);
});

const text = "all of it, ".repeat(10_000);

test.for([
  ["a string", () => new Response(text)],
  ["JSON", () => Response.json(text)],
  ["a string with its length", () => new Response(text, { headers: { "content-length": String(text.length) } })],
] as const)("An own route's answer of %s is compressed", async ([, handle]) => {
  await using host = await startHost({
    cors: ["http://localhost"],
    routes: [{ method: "GET", path: "/text", handle }],
  });

  const response = await fetch(new URL("/text", host.url));

  expect(response.headers.get("content-encoding")).toBe("gzip");
  expect(response.headers.get("vary")).toBe("Origin, Accept-Encoding");
  expect(response.headers.get("content-length")).toBeNull();
  expect(await response.text()).toContain(text);
});

test("An answer whose first piece is small is not held back to be compressed", async () => {
  const source = new TransformStream<Uint8Array, Uint8Array>();
  const writer = source.writable.getWriter();
  await using host = await startHost({
    routes: [
      {
        method: "GET",
        path: "/drops",
        handle: () => new Response(source.readable, { headers: { "content-type": "text/plain" } }),
      },
    ],
  });
  const sent = fetch(new URL("/drops", host.url));
  void writer.write(Buffer.from("first"));

  const response = await sent;
  const reader = response.body?.getReader();
  const first = await reader?.read();

  expect([response.headers.get("content-encoding"), Buffer.from(first?.value ?? []).toString()]).toEqual([
    null,
    "first",
  ]);
  await writer.close();
});

test("Pieces of an answer that is compressed leave one by one", async () => {
  const source = new TransformStream<Uint8Array, Uint8Array>();
  const writer = source.writable.getWriter();
  await using host = await startHost({
    routes: [
      {
        method: "GET",
        path: "/pieces",
        handle: () => new Response(source.readable, { headers: { "content-type": "text/plain" } }),
      },
    ],
  });
  const sent = fetch(new URL("/pieces", host.url));
  void writer.write(Buffer.from(text));
  const response = await sent;
  let received = "";
  const decoder = new TextDecoder();
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  while (received.length < text.length) received += decoder.decode((await reader.read()).value, { stream: true });

  void writer.write(Buffer.from("more"));
  const more = await reader.read();

  expect([response.headers.get("content-encoding"), decoder.decode(more.value)]).toEqual(["gzip", "more"]);
  await writer.close();
});

test("A client that goes away cancels what is being compressed for it", async () => {
  const source = endless();
  await using host = await startHost({
    routes: [
      {
        method: "GET",
        path: "/endless",
        handle: () => new Response(source.body, { headers: { "content-type": "text/plain" } }),
      },
    ],
  });
  const socket = await openSocket(host);
  socket.write(getBody.replace("\r\n\r\n", "\r\naccept-encoding: gzip\r\n\r\n"));
  await once(socket, "data");

  socket.destroy();

  await expect(source.cancelled).resolves.toBeUndefined();
});

test("A body that fails before its first piece is answered with 500", async () => {
  const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("disk")) });
  const headers = { "content-type": "text/plain", "cache-control": "public" };
  await using host = await startHost({
    routes: [{ method: "GET", path: "/broken", handle: () => new Response(broken, { headers }) }],
  });

  const response = await fetch(new URL("/broken", host.url));

  expect([response.status, response.headers.get("cache-control")]).toEqual([500, null]);
});

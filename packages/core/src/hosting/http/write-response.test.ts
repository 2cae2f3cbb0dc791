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

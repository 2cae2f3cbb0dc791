import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { openSocket } from "./fixtures/http-client.ts";
import { readBody, type ReadBody } from "./read-body.ts";

it.for([
  ["as a whole", "{}"],
  ["in part", "{"],
])("tells of a client that has gone before its body, which arrived %s, is read", async ([, body]) => {
  const outcome = Promise.withResolvers<ReadBody>();
  await using server = createServer((request) => {
    request.once("close", () => void readBody(request, 100).then(outcome.resolve));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = await openSocket(server.address() as AddressInfo);

  socket.write(`POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n${body}`);
  await once(server, "request");
  socket.destroy();

  expect(await outcome.promise).toBe("aborted");
});

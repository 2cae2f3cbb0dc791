import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { certificate } from "./fixtures/certificate.ts";
import { openSocket, readToEnd } from "./fixtures/http-client.ts";
import { startHost } from "./fixtures/start-host.ts";

async function get(url: URL): Promise<string> {
  const [response] = (await once(request(url, { ca: certificate.cert }).end(), "response")) as [IncomingMessage];
  return `${response.statusCode} ${await text(response)}`;
}

test("With a certificate the host speaks HTTPS, and own routes see that they do", async () => {
  await using host = await startHost({
    tls: certificate,
    routes: [{ method: "GET", path: "/where", handle: ({ url }) => new Response(url) }],
  });

  const answer = await get(new URL("/where", host.url));

  expect(answer).toBe(`200 https://127.0.0.1:${host.port}/where`);
});

test("A TLS host closes although a client never finishes its handshake", async () => {
  const host = await startHost({ tls: certificate });
  const ended = readToEnd(await openSocket(host));
  await get(new URL("/healthz", host.url));

  await host.close();

  expect(await ended).toBe("");
});

import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { openSocket, readToEnd } from "./fixtures/http-client.ts";
import { startHost } from "./fixtures/start-host.ts";

/** Made for this test, self-signed, for localhost and 127.0.0.1, until 2126. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg89MMq4u2X+DeAzv9
AI7YFGQp0bsYQyccKKFh+V1HFH2hRANCAATP3rSlWNndquI6SUmuZcg0DYi/3mWN
r9Xf0vshGiAQOr3+GqSvY6Fe/vS5ESxPfBKi0xIqDFWFOccBYJBw8DDI
-----END PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUeHBKnRhBi+ddEiwoFquNzm0xO60wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMDA5MDU1NFoYDzIxMjYxMDI3
MDkwNTU0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATP3rSlWNndquI6SUmuZcg0DYi/3mWNr9Xf0vshGiAQOr3+GqSvY6Fe
/vS5ESxPfBKi0xIqDFWFOccBYJBw8DDIo28wbTAdBgNVHQ4EFgQU/EOhgAbrRXE/
R8Du5E94att/DNEwHwYDVR0jBBgwFoAU/EOhgAbrRXE/R8Du5E94att/DNEwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAJhzZOyhSq1XUzicAsQiAf8lugcew3aJ2c6GgIaTZixzAiEA
jyBuO07F6ybroD5pKWHxE9MIufm8I1O8z4MkjgvcV5g=
-----END CERTIFICATE-----`;

async function get(url: URL): Promise<string> {
  const [response] = (await once(request(url, { ca: cert }).end(), "response")) as [IncomingMessage];
  return `${response.statusCode} ${await text(response)}`;
}

test("With a certificate the host speaks HTTPS, and own routes see that they do", async () => {
  await using host = await startHost({
    tls: { key, cert },
    routes: [{ method: "GET", path: "/where", handle: ({ url }) => new Response(url) }],
  });

  const answer = await get(new URL("/where", host.url));

  expect(answer).toBe(`200 https://127.0.0.1:${host.port}/where`);
});

test("A TLS host closes although a client never finishes its handshake", async () => {
  const host = await startHost({ tls: { key, cert } });
  const ended = readToEnd(await openSocket(host));
  await get(new URL("/healthz", host.url));

  await host.close();

  expect(await ended).toBe("");
});

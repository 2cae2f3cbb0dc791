import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { certificate } from "./fixtures/certificate.ts";
import { postModern } from "./fixtures/http-client.ts";
import { Http2Client, modernPost } from "./fixtures/http2-client.ts";
import { startHost } from "./fixtures/start-host.ts";

const words = "all of it, ".repeat(10_000);
const echo = { name: "echo", arguments: { words } };

test.for(["direct", "sdk"] as const)("The %s lane compresses a large answer, and no small one", async (lane) => {
  await using host = await startHost({ lane });

  const large = await postModern(host, "tools/call", echo);
  const small = await postModern(host, "tools/call", { name: "echo" });

  expect(large.headers.get("content-encoding")).toBe("gzip");
  expect(await large.text()).toContain(words);
  expect([small.headers.get("content-encoding"), small.headers.get("vary")]).toEqual([null, null]);
});

test("A large answer is compressed over HTTP/2 too", async () => {
  await using host = await startHost({ tls: certificate });
  await using client = new Http2Client(host);
  const { headers, body } = modernPost("tools/call", echo);
  const stream = client.open({ ...headers, "accept-encoding": "gzip" }, body);
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);

  const answer = gunzipSync(Buffer.concat(pieces)).toString();

  expect(answer).toContain(words);
});

test("With compression off a large answer is sent as it is", async () => {
  await using host = await startHost({ compression: false });

  const response = await postModern(host, "tools/call", echo);

  expect(response.headers.get("content-encoding")).toBeNull();
  expect(await response.text()).toContain(words);
});

test("An event stream is never compressed", async () => {
  await using host = await startHost({ compression: { thresholdBytes: 1 } });

  const response = await postModern(host, "tools/call", { name: "progress" }, { meta: { progressToken: "p" } });

  expect(response.headers.get("content-type")).toBe("text/event-stream");
  expect(response.headers.get("content-encoding")).toBeNull();
  await response.text();
});

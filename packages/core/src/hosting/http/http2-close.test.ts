import { once } from "node:events";
import { connect as connectTls } from "node:tls";
import { expect, test } from "vitest";
import { certificate } from "./fixtures/certificate.ts";
import { readToEnd } from "./fixtures/http-client.ts";
import { answerOf, Http2Client, preface } from "./fixtures/http2-client.ts";
import { standInServer } from "./fixtures/stand-in-server.ts";
import { startHost } from "./fixtures/start-host.ts";
import type { HttpHost } from "./listen-http.ts";

const wait = { name: "wait" };

test("A call in flight finishes, its session is asked to end, and then the host is gone", async () => {
  const server = standInServer();
  const host = await startHost({ tls: certificate, drainMs: 5_000 }, server);
  await using client = new Http2Client(host);
  const started = once(server.moments, "started");
  const call = answerOf(client.call("tools/call", wait));
  await started;

  const closing = host.close();
  await once(client.session, "goaway");
  server.moments.emit("release");

  const { status, body } = await call;
  expect([status, body]).toEqual([200, expect.stringContaining("waited")]);
  await closing;
  await expect(once(new Http2Client(host).session, "connect")).rejects.toThrow("ECONNREFUSED");
});

test("A call that does not finish in time is aborted and answered with 503", async () => {
  const server = standInServer();
  const host = await startHost({ tls: certificate, drainMs: 5_000 }, server);
  await using client = new Http2Client(host);
  const started = once(server.moments, "started");
  const aborted = once(server.moments, "aborted");
  const call = answerOf(client.call("tools/call", wait));
  await started;

  await host.close({ drainMs: 30 });

  await aborted;
  expect((await call).status).toBe(503);
});

test("A client that does not hear when it is asked to end is closed once it has been silent", async () => {
  const host = await startHost({ tls: certificate });
  const socket = connectTls({ port: host.port, ca: certificate.cert, host: "127.0.0.1", ALPNProtocols: ["h2"] });
  const ended = readToEnd(socket);
  await once(socket, "secureConnect");
  socket.write(preface);

  await host.close({ drainMs: 60_000 });

  expect(await ended).not.toBe("");
});

test("Closing under load fails no call that was sent", { timeout: 20_000 }, async () => {
  for (let round = 0; round < 3; round += 1) {
    const host = await startHost({ tls: certificate, drainMs: 5_000 });
    const underway = Promise.withResolvers<void>();
    let answered = 0;
    const onAnswer = (): void => {
      if ((answered += 1) === 300) underway.resolve();
    };
    const load = Array.from({ length: 32 }, () => sendUntilClosed(host, onAnswer));
    await underway.promise;

    await host.close();

    expect((await Promise.all(load)).flat()).toEqual([]);
  }
});

/** Sends four calls at once, again and again, on a session for as long as it takes them, until none can be had. */
async function sendUntilClosed(host: HttpHost, onAnswer: () => void): Promise<unknown[]> {
  const failed: unknown[] = [];
  for (;;) {
    await using client = new Http2Client(host);
    const [connected] = await Promise.allSettled([once(client.session, "connect")]);
    if (connected.status === "rejected") {
      const { code } = connected.reason as NodeJS.ErrnoException;
      return code === "ECONNREFUSED" ? failed : [...failed, code];
    }
    while (!client.session.closed && !client.session.destroyed) {
      const calls = Array.from({ length: 4 }, () => answerOf(client.call("tools/call", { name: "echo" })));
      for (const { status, code } of await Promise.all(calls)) {
        if (status === 200 && code === 0) onAnswer();
        else failed.push({ status, code });
      }
    }
  }
}

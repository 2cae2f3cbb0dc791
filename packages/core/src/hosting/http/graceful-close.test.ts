import { once } from "node:events";
import { expect, test, vi } from "vitest";
import {
  allEventsOf,
  modernMeta,
  openSession,
  openSocket,
  postLegacy,
  postModern,
  readToEnd,
} from "./fixtures/http-client.ts";
import { startLoad } from "./fixtures/load.ts";
import { standInServer } from "./fixtures/stand-in-server.ts";
import { startHost } from "./fixtures/start-host.ts";

const wait = { name: "wait" };

test("A call in flight finishes, its connection is closed, and then the host is gone", async () => {
  const server = standInServer();
  const host = await startHost({ drainMs: 5_000 }, server);
  const started = once(server.moments, "started");
  const answer = postModern(host, "tools/call", wait);
  await started;

  const closing = host.close();
  await vi.waitFor(() => expect(openSocket(host)).rejects.toThrow("ECONNREFUSED"), { timeout: 15_000 });
  server.moments.emit("release");

  const response = await answer;
  expect([response.status, response.headers.get("connection")]).toEqual([200, "close"]);
  expect(await response.text()).toContain("waited");
  await closing;
  await expect(fetch(host.url)).rejects.toThrow("fetch failed");
});

test("While calls drain, readyz is 503 and healthz 200 on connections that are still open", async () => {
  const server = standInServer();
  const host = await startHost({ drainMs: 5_000 }, server);
  const started = once(server.moments, "started");
  const answer = postModern(host, "tools/call", wait);
  await started;
  const [one, other] = [await openSocket(host), await openSocket(host)];

  const closing = host.close();
  one.write("GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n");
  other.write("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
  const [ready, health] = await Promise.all([readToEnd(one), readToEnd(other)]);
  server.moments.emit("release");

  expect(ready).toMatch(/^HTTP\/1.1 503 .*draining/s);
  expect(health).toMatch(/^HTTP\/1.1 200 /);
  await answer;
  await closing;
});

test("A call that does not finish in time is aborted and answered with 503", async () => {
  const server = standInServer();
  const host = await startHost({ drainMs: 5_000 }, server);
  const started = once(server.moments, "started");
  const aborted = once(server.moments, "aborted");
  const answer = postModern(host, "tools/call", wait);
  await started;

  await host.close({ drainMs: 30 });

  await aborted;
  const response = await answer;
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ id: 1, error: { code: -31503 } });
});

test("A second close can only shorten the first", async () => {
  const server = standInServer();
  const host = await startHost({}, server);
  const started = once(server.moments, "started");
  const answer = postModern(host, "tools/call", wait);
  await started;

  const patient = host.close({ drainMs: 60_000 });
  const urgent = host.close({ drainMs: 10 });

  await Promise.all([patient, urgent, host.closed]);
  expect((await answer).status).toBe(503);
});

test("A call of a legacy session finishes although its listening stream has ended", async () => {
  const server = standInServer();
  const host = await startHost({ drainMs: 5_000 }, server);
  const headers = await openSession(host);
  const listening = await fetch(host.url, { headers: { ...headers, accept: "text/event-stream" } });
  const started = once(server.moments, "started");
  const answer = postLegacy(host, { id: 1, method: "tools/call", params: wait }, { headers });
  await started;

  const closing = host.close();
  await listening.text();
  server.moments.emit("release");

  const events = await allEventsOf(await answer);
  expect(events.at(-1)?.data).toContain("waited");
  await closing;
});

test("New sessions and subscriptions are refused with 503 while calls drain", async () => {
  const server = standInServer();
  const host = await startHost({ drainMs: 5_000 }, server);
  const started = once(server.moments, "started");
  const answer = postModern(host, "tools/call", wait);
  await started;
  const sockets = await Promise.all([openSocket(host), openSocket(host)]);
  const initialize = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
  const listen = { notifications: { toolsListChanged: true }, _meta: modernMeta };

  const closing = host.close();
  sockets[0].write(rawPost("initialize", initialize));
  sockets[1].write(
    rawPost("subscriptions/listen", listen, ["mcp-protocol-version: 2026-07-28", "mcp-method: subscriptions/listen"]),
  );
  const refusals = await Promise.all(sockets.map(readToEnd));
  server.moments.emit("release");

  for (const refused of refusals) expect(refused).toMatch(/^HTTP\/1.1 503 .*retry-after: 1/s);
  await answer;
  await closing;
});

test.for([
  ["kept", true],
  ["new", false],
] as const)(
  "Closing under load on %s connections fails no call that was sent",
  { timeout: 20_000 },
  async ([, keepAlive]) => {
    for (let round = 0; round < 5; round += 1) {
      const host = await startHost({ drainMs: 5_000 });
      const load = startLoad(host.url, { tool: "echo", clients: 32, keepAlive });
      await load.answers(300);

      await host.close();

      expect(await load.failures).toEqual([]);
    }
  },
);

function rawPost(method: string, params: object, extra: readonly string[] = []): string {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const headers = [
    "host: localhost",
    "content-type: application/json",
    "accept: application/json, text/event-stream",
    ...extra,
  ];
  return ["POST /mcp HTTP/1.1", ...headers, `content-length: ${body.length}`, "", body].join("\r\n");
}

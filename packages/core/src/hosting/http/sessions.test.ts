import { once } from "node:events";
import { expect, test, vi } from "vitest";
import { KitError } from "../../errors/kit-error.ts";
import { allEventsOf, eventsOf, openSession, postLegacy } from "./fixtures/http-client.ts";
import { standInServer } from "./fixtures/stand-in-server.ts";
import { startHost } from "./fixtures/start-host.ts";
import type { HttpHost } from "./listen-http.ts";

type SessionHeaders = Readonly<Record<string, string>>;

function listTools(host: HttpHost, headers: SessionHeaders): Promise<Response> {
  return postLegacy(host, { id: 1, method: "tools/list" }, { headers });
}

function call(host: HttpHost, headers: SessionHeaders, name: string, id = 1): Promise<Response> {
  return postLegacy(host, { id, method: "tools/call", params: { name } }, { headers });
}

function get({ url }: HttpHost, headers: SessionHeaders): Promise<Response> {
  return fetch(url, { headers: { ...headers, accept: "text/event-stream" } });
}

/**
 * A clock for what hosting measures; the network goes on in real time. Ends before the host does, which needs the real
 * one.
 */
function fakeClock(): Disposable & { advance(ms: number): void } {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"], now: performance.now() });
  return { advance: (ms) => void vi.advanceTimersByTime(ms), [Symbol.dispose]: () => void vi.useRealTimers() };
}

/** Takes callers at their word. */
const byAuthorization = {
  authenticate: ({ headers }: { readonly headers: Headers }) => ({
    id: headers.get("authorization") ?? "",
    scopes: [],
  }),
};

test("initialize opens a session with an id of visible ASCII and 192 random bits, and DELETE ends it", async () => {
  await using host = await startHost();

  const headers = await openSession(host);
  const during = await listTools(host, headers);
  const deleted = await fetch(host.url, { method: "DELETE", headers });
  const after = await listTools(host, headers);

  expect(headers["mcp-session-id"]).toMatch(/^[\w-]{32}$/);
  expect(during.status).toBe(200);
  expect(await during.text()).toContain('"echo"');
  expect(deleted.status).toBe(200);
  expect(after.status).toBe(404);
  expect(await after.json()).toMatchObject({ id: 1, error: { code: -31404 } });
});

test("An unknown session is 404, a GET without one 400", async () => {
  await using host = await startHost();

  const unknown = await listTools(host, { "mcp-session-id": "no-such-session" });
  const without = await get(host, {});

  expect([unknown.status, without.status]).toEqual([404, 400]);
});

test("A failed initialize leaves no session behind", async () => {
  await using host = await startHost({ sessions: { max: 1 } });

  const bad = await postLegacy(host, { id: 1, method: "initialize", params: { protocolVersion: 5 } });
  const good = await openSession(host);

  expect(bad.status).toBe(400);
  expect(bad.headers.get("mcp-session-id")).toBeNull();
  expect((await listTools(host, good)).status).toBe(200);
});

test("Another caller's session is as unknown as one that never was", async () => {
  await using host = await startHost(byAuthorization);
  const ada = await openSession(host, { authorization: "ada" });

  const stolen = await listTools(host, { ...ada, authorization: "mallory" });
  const never = await listTools(host, { ...ada, authorization: "mallory", "mcp-session-id": "never" });
  const own = await listTools(host, ada);

  expect([stolen.status, own.status]).toEqual([404, 200]);
  expect(await stolen.text()).toBe(await never.text());
});

test("An idle session ends by itself, at its time and not before", async () => {
  await using host = await startHost({ sessions: { idleMs: 60_000 } });
  using clock = fakeClock();
  const [used, unused] = [await openSession(host), await openSession(host)];

  clock.advance(59_000);
  const early = await listTools(host, used);
  await early.text();
  clock.advance(2_000);
  const late = await Promise.all([used, unused].map(async (headers) => (await listTools(host, headers)).status));

  expect(early.status).toBe(200);
  expect(late).toEqual([200, 404]);
});

test("A session with an open stream or a running call does not end by itself", async () => {
  const server = standInServer();
  await using host = await startHost({ sessions: { idleMs: 60_000 } }, server);
  using clock = fakeClock();
  const [listening, calling] = [await openSession(host), await openSession(host)];
  const stream = await get(host, listening);
  const answer = call(host, calling, "hang_up");
  await once(server.moments, "started");
  await (await answer).text();

  clock.advance(600_000);
  const statuses = await Promise.all(
    [listening, calling].map(async (headers) => (await listTools(host, headers)).status),
  );

  expect(statuses).toEqual([200, 200]);
  server.moments.emit("release");
  await stream.body?.cancel();
});

test("One session more than there is room for ends the longest idle one", async () => {
  await using host = await startHost({ sessions: { max: 2 } });
  const [first, second] = [await openSession(host), await openSession(host)];
  await (await listTools(host, first)).text();

  const third = await openSession(host);

  const statuses = await Promise.all(
    [first, second, third].map(async (headers) => (await listTools(host, headers)).status),
  );
  expect(statuses).toEqual([200, 404, 200]);
});

test("When every session is in use, the next one is refused with 503 and Retry-After", async () => {
  await using host = await startHost({ sessions: { max: 1 } });
  const stream = await get(host, await openSession(host));

  const refused = await postLegacy(host, { id: 9, method: "initialize", params: {} });

  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(await refused.json()).toMatchObject({ id: 9, error: { code: -31503 } });
  await stream.body?.cancel();
});

test("One caller cannot take everyone's room", async () => {
  await using host = await startHost({ ...byAuthorization, sessions: { maxPerPrincipal: 1 } });
  const stream = await get(host, await openSession(host, { authorization: "ada" }));

  const second = await postLegacy(
    host,
    { id: 1, method: "initialize", params: {} },
    { headers: { authorization: "ada" } },
  );
  const bob = await openSession(host, { authorization: "bob" });

  expect(second.status).toBe(429);
  expect((await listTools(host, bob)).status).toBe(200);
  await stream.body?.cancel();
});

test("A cancelled call stops and its stream ends", async () => {
  const server = standInServer();
  await using host = await startHost({}, server);
  const headers = await openSession(host);
  const started = once(server.moments, "started");
  const aborted = once(server.moments, "aborted");
  const response = await call(host, headers, "wait", 5);
  await started;

  await postLegacy(
    host,
    { method: "notifications/cancelled", params: { requestId: 5, reason: "changed my mind" } },
    { headers },
  );

  await aborted;
  const events = await allEventsOf(response);
  expect(events.at(-1)?.data).toContain("-31499");
});

test("A client whose stream was closed resumes it and gets the answer", async () => {
  const server = standInServer();
  await using host = await startHost({}, server);
  const headers = await openSession(host);
  const first = await call(host, headers, "hang_up", 3);
  const raw = await first.text();
  const eventId = /^id: (.+)$/m.exec(raw)?.[1] ?? "";
  expect(raw).toContain("retry: 1000");

  const resumed = get(host, { ...headers, "last-event-id": eventId });
  server.moments.emit("release");

  const [event] = await allEventsOf(await resumed);
  expect(JSON.parse(event?.data ?? "")).toMatchObject({ id: 3, result: { content: [{ text: "after all" }] } });
});

test("A client that disconnects does not cancel its call, and resumes it later", async () => {
  const server = standInServer();
  await using host = await startHost({}, server);
  const headers = await openSession(host);
  const client = new AbortController();
  const started = once(server.moments, "started");
  const ended = once(server.moments, "ended");
  const response = await postLegacy(
    host,
    { id: 4, method: "tools/call", params: { name: "wait" } },
    { headers, signal: client.signal },
  );
  const events = eventsOf(response);
  const priming = await events.next();
  await started;
  client.abort();
  await events.next().catch(() => undefined);
  server.moments.emit("release");
  await ended;

  const resumed = await get(host, { ...headers, "last-event-id": priming.value?.id ?? "" });
  const [event] = await allEventsOf(resumed);

  expect(JSON.parse(event?.data ?? "")).toMatchObject({ id: 4, result: { content: [{ text: "waited" }] } });
});

test("Sessions do not outlive their host", async () => {
  const server = standInServer();
  const host = await startHost({}, server);
  const headers = await openSession(host);
  const stream = await get(host, headers);

  await host.close();

  await expect(stream.text()).resolves.toBe("");
});

test("A caller who lost the right to call is refused on an open session", async () => {
  let allowed = true;
  await using host = await startHost({
    authenticate: () => {
      if (!allowed) throw new KitError("UNAUTHENTICATED", "Expired");
      return { id: "ada", scopes: [] };
    },
  });
  const headers = await openSession(host);

  allowed = false;
  const refused = await Promise.all([
    listTools(host, headers),
    get(host, headers),
    fetch(host.url, { method: "DELETE", headers }),
  ]);

  expect(refused.map(({ status }) => status)).toEqual([401, 401, 401]);
});

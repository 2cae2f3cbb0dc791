import { once } from "node:events";
import { expect, test } from "vitest";
import { KitError } from "../../errors/kit-error.ts";
import type { PlatformEvent } from "../../events/platform-events.ts";
import { allEventsOf, eventsOf, openSession, postLegacy, postModern } from "./fixtures/http-client.ts";
import { standInServer } from "./fixtures/stand-in-server.ts";
import { startHost as start } from "./fixtures/start-host.ts";

const echo = { name: "echo", arguments: { a: 1 } };

test("A modern call is answered with one JSON body", async () => {
  await using host = await start();

  const response = await postModern(host, "tools/call", echo, { id: "one" });

  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toMatchObject({ id: "one", result: { content: [{ text: '{"a":1}' }] } });
});

test("A modern call with progress is answered with an event stream", async () => {
  await using host = await start();

  const response = await postModern(host, "tools/call", { name: "progress" }, { meta: { progressToken: "p" } });
  const messages = (await allEventsOf(response)).map(({ data }) => JSON.parse(data) as object);

  expect(response.headers.get("content-type")).toBe("text/event-stream");
  expect(messages).toMatchObject([{ method: "notifications/progress" }, { id: 1, result: {} }]);
});

test("A legacy request without a session is served alone", async () => {
  await using host = await start();

  const response = await postLegacy(host, { id: 7, method: "tools/call", params: echo });

  expect(response.status).toBe(200);
  expect(response.headers.has("mcp-session-id")).toBe(false);
  expect(await response.text()).toContain('"id":7');
});

test("With legacy off a legacy request is refused with the versions that are served", async () => {
  await using host = await start({ legacy: "off" });

  const response = await postLegacy(host, { id: 7, method: "tools/list" });

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ id: 7, error: { code: -32022, data: { supported: ["2026-07-28"] } } });
});

test("An error that has a status and a Retry-After sets both", async () => {
  await using host = await start();

  const response = await postModern(host, "tools/call", { name: "limited" });

  expect(response.status).toBe(429);
  expect(response.headers.get("retry-after")).toBe("3");
  expect(await response.json()).toMatchObject({ id: 1, error: { code: -31429, message: "Slow down" } });
});

test.for([
  ["present and equal", { "mcp-param-region": "eu" }, 200],
  ["equal in Base64", { "mcp-param-region": "=?base64?ZXU=?=" }, 200],
  ["missing", {}, 400],
  ["different", { "mcp-param-region": "us" }, 400],
] as const)("A mirrored argument whose header is %s answers as the protocol says", async ([, headers, status]) => {
  await using host = await start();

  const response = await postModern(host, "tools/call", { name: "mirror", arguments: { region: "eu" } }, { headers });

  const body = (await response.json()) as { readonly id: number; readonly error?: { readonly code: number } };
  expect([response.status, body.id, body.error?.code]).toEqual([status, 1, status === 400 ? -32020 : undefined]);
});

test("A crash while a server is bound answers 500 with a request id and none of its text", async () => {
  const server = standInServer();
  server.bindError = new Error("postgres://user:secret@host");
  await using host = await start({ lane: "sdk" }, server);

  const response = await postModern(host, "tools/call", echo, { id: 5 });

  expect(response.status).toBe(500);
  const body = await response.text();
  expect(JSON.parse(body)).toMatchObject({ id: 5, error: { code: -32603, data: { requestId: expect.any(String) } } });
  expect(body).not.toContain("secret");
  expect(server.logged.join("")).toContain(
    (JSON.parse(body) as { error: { data: { requestId: string } } }).error.data.requestId,
  );
});

test("A client that goes away aborts its modern call", async () => {
  const server = standInServer();
  await using host = await start({}, server);
  const started = once(server.moments, "started");
  const aborted = once(server.moments, "aborted");
  const client = new AbortController();
  const answer = postModern(host, "tools/call", { name: "wait" }, { signal: client.signal }).catch(String);
  await started;

  client.abort();

  await aborted;
  expect(await answer).toContain("AbortError");
});

test("A subscription hears of changes and ends with a result when the host closes", async () => {
  const server = standInServer();
  await using host = await start({}, server);
  const response = await postModern(host, "subscriptions/listen", { notifications: { toolsListChanged: true } });
  const events = eventsOf(response);
  await events.next();

  server.changes.publish({ kind: "tools_list_changed" });
  const change = await events.next();
  const closing = host.close();
  const last = await events.next();

  expect(change.value?.data).toContain("notifications/tools/list_changed");
  expect(last.value?.data).toContain('"resultType":"complete"');
  await closing;
});

test("Whoever authenticates is the caller of every era", async () => {
  const server = standInServer();
  await using host = await start(
    { authenticate: ({ headers }) => ({ id: headers.get("authorization") ?? "nobody", scopes: ["read"] }) },
    server,
  );

  await postModern(host, "tools/call", echo, { headers: { authorization: "Bearer ada" } });
  await openSession(host, { authorization: "Bearer bob" });

  expect(server.callers).toEqual(["Bearer ada"]);
  expect(server.bound.map(({ principal }) => principal?.id)).toEqual(["Bearer bob"]);
});

test.for(["POST", "GET", "DELETE"])(
  "%s without a good token is 401 with a challenge, before the body is looked at",
  async (method) => {
    const challenge = 'Bearer resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource"';
    await using host = await start({
      authenticate: () => {
        throw new KitError("UNAUTHENTICATED", "Sign in first", { data: { wwwAuthenticate: challenge } });
      },
    });

    const response = await fetch(host.url, { method, ...(method === "POST" && { body: "not json" }) });

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe(challenge);
    expect(await response.json()).toMatchObject({ id: null, error: { code: -31401, message: "Sign in first" } });
  },
);

test("A caller who may not gets 403", async () => {
  await using host = await start({
    authenticate: () => {
      throw new KitError("FORBIDDEN", "Not for you");
    },
  });

  const response = await postModern(host, "subscriptions/listen", { notifications: {} });

  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ error: { code: -31403 } });
});

test("A failing authenticate is masked", async () => {
  await using host = await start({ authenticate: () => Promise.reject(new Error("jwks secret")) });

  const response = await postModern(host, "tools/call", echo);

  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("jwks");
});

test("Own routes get web requests and give web responses, by method and path", async () => {
  await using host = await start({
    routes: [
      {
        method: "GET",
        path: "/about",
        handle: () =>
          new Response("about", {
            headers: [
              ["set-cookie", "a=1"],
              ["set-cookie", "b=2"],
            ],
          }),
      },
      {
        method: "POST",
        path: "/upper",
        handle: async (request) => new Response((await request.text()).toUpperCase(), { status: 201 }),
      },
    ],
  });

  const about = await fetch(new URL("/about?x=1", host.url));
  const head = await fetch(new URL("/about", host.url), { method: "HEAD" });
  const upper = await fetch(new URL("/upper", host.url), { method: "POST", body: "shout" });
  const wrong = await fetch(new URL("/upper", host.url));

  expect([about.status, await about.text(), about.headers.getSetCookie()]).toEqual([200, "about", ["a=1", "b=2"]]);
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect([upper.status, await upper.text()]).toEqual([201, "SHOUT"]);
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
});

test("A port that is taken is said in a sentence", async () => {
  await using host = await start();

  await expect(start({ port: host.port })).rejects.toThrow(`Port ${host.port} on 127.0.0.1 is taken`);
});

test("Services that do not start leave nothing listening", async () => {
  const server = standInServer();
  server.start = () => Promise.reject(new KitError("UNAVAILABLE", "Service db did not start"));

  await expect(start({}, server)).rejects.toThrow("Service db did not start");
});

test("A route for authenticated callers alone answers nobody else", async () => {
  await using host = await start({
    authenticate: ({ headers }) =>
      headers.get("authorization") === "Bearer ada" ? { id: "ada", scopes: [] } : undefined,
    routes: [{ method: "GET", path: "/metrics", authenticated: true, handle: () => new Response("figures") }],
  });
  const url = new URL("/metrics", host.url);

  const stranger = await fetch(url);
  const known = await fetch(url, { headers: { authorization: "Bearer ada" } });

  expect([stranger.status, stranger.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  expect(await stranger.text()).not.toContain("figures");
  expect([known.status, await known.text()]).toEqual([200, "figures"]);
});

test("The host tells of its refusals and of what it holds open", async () => {
  const server = standInServer();
  const heard: PlatformEvent[] = [];
  server.events.subscribe((event) => void heard.push(event));
  await using host = await start({ maxBodyBytes: 1_000 }, server);

  const refused = await fetch(host.url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "x".repeat(2_000),
  });
  const open = host.stats();

  expect(refused.status).toBe(413);
  expect(heard).toEqual([{ part: "http", action: "refused", value: 413 }]);
  expect(open).toMatchObject({ sessions: 0, subscriptions: 0 });
});

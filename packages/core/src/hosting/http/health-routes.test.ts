import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { KitError } from "../../errors/kit-error.ts";
import { standInServer } from "./fixtures/stand-in-server.ts";
import { startHost } from "./fixtures/start-host.ts";
import { listenHttp } from "./listen-http.ts";

test("readyz names the services and their state, and gives no detail away", async () => {
  await using host = await startHost();

  const response = await fetch(new URL("/readyz", host.url));

  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "up", services: { db: "up" } });
});

test.for([
  ["down", 503],
  ["degraded", 200],
] as const)("readyz with a service %s is %i", async ([status, expected]) => {
  const server = standInServer();
  server.report = { status, services: { db: { status } } };
  await using host = await startHost({}, server);

  expect((await fetch(new URL("/readyz", host.url))).status).toBe(expected);
});

test("Until the services are up, healthz is 200, and readyz and MCP are 503", async () => {
  const server = standInServer();
  const started = Promise.withResolvers<void>();
  const port = await freePort();
  server.start = () => started.promise;
  const starting = listenHttp(server, { port, drainMs: 0 });
  const at = (path: string): URL => new URL(path, `http://127.0.0.1:${port}`);
  await expect
    .poll(() =>
      fetch(at("/healthz")).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);

  const statuses = await Promise.all(["/healthz", "/readyz"].map(async (path) => (await fetch(at(path))).status));
  const mcp = await fetch(at("/mcp"), { method: "POST" });
  started.resolve();
  await using _host = await starting;

  expect([...statuses, mcp.status]).toEqual([200, 503, 503]);
  expect(mcp.headers.get("retry-after")).toBe("1");
});

test("Probes need no authentication", async () => {
  await using host = await startHost({
    authenticate: () => {
      throw new KitError("UNAUTHENTICATED", "Sign in first");
    },
  });

  expect((await fetch(new URL("/healthz", host.url))).status).toBe(200);
});

test("A probe with a host that is not allowed learns the status alone", async () => {
  await using host = await startHost();

  const headers = { host: "10.1.2.3:8080" };
  const probe = request({ port: host.port, host: "127.0.0.1", path: "/readyz", headers }).end();
  const [response] = (await once(probe, "response")) as [IncomingMessage];

  expect(response.statusCode).toBe(200);
  expect(await text(response)).toBe('{"status":"up"}');
});

test("HEAD has no body and POST is refused", async () => {
  await using host = await startHost();

  const head = await fetch(new URL("/healthz", host.url), { method: "HEAD" });
  const post = await fetch(new URL("/healthz", host.url), { method: "POST" });

  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

async function freePort(): Promise<number> {
  await using host = await startHost();
  return host.port;
}

import { once } from "node:events";
import { constants } from "node:http2";
import { connect as connectTls } from "node:tls";
import { expect, test, vi } from "vitest";
import { certificate } from "./fixtures/certificate.ts";
import { answerOf, Http2Client, mcpPost } from "./fixtures/http2-client.ts";
import { standInServer } from "./fixtures/stand-in-server.ts";
import { startTlsHost } from "./fixtures/start-host.ts";

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = constants;

const initialize = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1.0.0" } },
});

test.for([
  ["h2", {}, ["h2", "http/1.1"]],
  ["http/1.1", {}, ["http/1.1"]],
  ["http/1.1", { http2: false }, ["h2", "http/1.1"]],
  [false, {}, []],
] as const)("%s is spoken with TLS options %j to a client that speaks %j", async ([spoken, options, ALPNProtocols]) => {
  await using host = await startTlsHost({ tls: { ...certificate, ...options } });
  const socket = connectTls({
    port: host.port,
    ca: certificate.cert,
    host: "127.0.0.1",
    ALPNProtocols: [...ALPNProtocols],
  });

  await once(socket, "secureConnect");

  expect(socket.alpnProtocol).toBe(spoken);
  socket.destroy();
});

test("Calls of either era, event streams and sessions are served as over HTTP/1.1", async () => {
  const server = standInServer();
  await using host = await startTlsHost({}, server);
  await using client = new Http2Client(host);

  const [call, progress, session] = await Promise.all([
    answerOf(client.call("tools/call", { name: "echo", arguments: { a: 1 } })),
    answerOf(client.call("tools/call", { name: "progress", _meta: { progressToken: "p" } })),
    client.send(mcpPost, initialize),
  ]);
  const deleted = await client.send({
    ":method": "DELETE",
    ":path": "/mcp",
    "mcp-session-id": session.headers["mcp-session-id"] as string,
  });

  expect(JSON.parse(call.body)).toMatchObject({ id: 1, result: { content: [{ text: '{"a":1}' }] } });
  expect(progress.headers["content-type"]).toBe("text/event-stream");
  expect(progress.body).toMatch(/notifications\/progress.*"result"/s);
  expect([session.status, deleted.status]).toEqual([200, 200]);
});

test("Whoever authenticates sees the headers that HTTP/1.1 would have, and the address", async () => {
  const seen: unknown[] = [];
  await using host = await startTlsHost({
    authenticate: ({ headers, method, url, remoteAddress }) => {
      seen.push({ ...Object.fromEntries(headers), method, url, remoteAddress });
      return undefined;
    },
  });
  await using client = new Http2Client(host);

  await client.send({ ":path": "/mcp?x=1", cookie: ["a=1", "b=2"], "x-own": "1" });

  const shown = { host: `127.0.0.1:${host.port}`, cookie: "a=1; b=2", "x-own": "1" };
  expect(seen).toEqual([{ ...shown, method: "GET", url: "/mcp?x=1", remoteAddress: "127.0.0.1" }]);
});

test("A web request of an own route has the URL that the client asked for", async () => {
  await using host = await startTlsHost({
    routes: [{ method: "GET", path: "/where", handle: ({ url }) => new Response(url) }],
  });
  await using client = new Http2Client(host);

  const answer = await client.send({ ":path": "/where?x" });

  expect(answer.body).toBe(`https://127.0.0.1:${host.port}/where?x`);
});

test.for([
  ["another site's authority", { ":authority": "evil.example" }, 403],
  ["another site's host alone", { host: "evil.example" }, 403],
  ["an authority and another host", { ":authority": "localhost", host: "evil.example" }, 400],
  ["an authority with user info", { ":authority": "user@localhost" }, undefined],
  ["another site's origin", { origin: "https://evil.example" }, 403],
  ["a relative path", { ":path": "mcp" }, undefined],
  ["an authority and the same host", { ":authority": "localhost", host: "LOCALHOST" }, 404],
] as const)("A request with %s is refused or answered as over HTTP/1.1", async ([, headers, status]) => {
  await using host = await startTlsHost();
  await using client = new Http2Client(host);

  const answer = await client.send({ ":path": "/mcp", "mcp-session-id": "none", ...headers });

  expect(answer.status).toBe(status);
});

test("HEAD has no body, and no header of the connection is sent", async () => {
  await using host = await startTlsHost({
    routes: [
      {
        method: "GET",
        path: "/own",
        handle: () => new Response("x", { headers: { connection: "close", "keep-alive": "x", "x-own": "1" } }),
      },
    ],
  });
  await using client = new Http2Client(host);
  const warned = vi.fn();
  process.on("warning", warned);

  const head = await client.send({ ":path": "/healthz", ":method": "HEAD" });
  const own = await client.send({ ":path": "/own" });

  expect([head.status, head.body, head.code]).toEqual([200, "", 0]);
  expect([own.status, own.body, own.headers["x-own"], own.headers["connection"]]).toEqual([200, "x", "1", undefined]);
  expect(warned).not.toHaveBeenCalled();
  process.off("warning", warned);
});

test("A client that is still sending reads why it was refused, and its session goes on", async () => {
  await using host = await startTlsHost({ maxBodyBytes: 100_000 });
  await using client = new Http2Client(host);
  const pushing = client.session.request(mcpPost, { endStream: false });
  pushing.on("error", () => undefined);
  const answer = answerOf(pushing);
  let sent = 0;
  const push = (): void => {
    while (!pushing.destroyed && !pushing.closed && sent < 100 && pushing.write(Buffer.alloc(65_536, " "))) sent += 1;
  };
  pushing.on("drain", push);
  push();

  const refused = await answer;
  const next = await client.send({ ":path": "/healthz" });

  expect(refused.status).toBe(413);
  expect(JSON.parse(refused.body)).toMatchObject({ error: { code: -31413 } });
  expect(sent).toBeLessThan(50);
  expect(next.status).toBe(200);
});

test("A client that asks before it sends is told to go on, or 413 in place of that", async () => {
  await using host = await startTlsHost({ maxBodyBytes: 100 });
  await using client = new Http2Client(host);
  const refused = client.session.request(
    { ...mcpPost, expect: "100-continue", "content-length": "101" },
    { endStream: false },
  );
  const going = client.session.request({ ...mcpPost, expect: "100-continue" }, { endStream: false });

  going.once("continue", () => going.end("{}"));
  const answers = await Promise.all([answerOf(refused), answerOf(going)]);

  expect(answers.map(({ status }) => status)).toEqual([413, 400]);
});

test.for([
  ["CANCEL", NGHTTP2_CANCEL],
  ["NO_ERROR", NGHTTP2_NO_ERROR],
])("What a client broke off with %s is not taken for a whole body", async ([, code]) => {
  const bodies: string[] = [];
  const server = standInServer();
  await using host = await startTlsHost(
    {
      routes: [
        {
          method: "POST",
          path: "/own",
          async handle(request) {
            bodies.push(await request.text());
            return new Response("");
          },
        },
      ],
    },
    server,
  );
  await using client = new Http2Client(host);
  const broken = client.session.request({ ":method": "POST", ":path": "/own" }, { endStream: false });
  broken.on("error", () => undefined);
  broken.write("half");
  await new Promise((resolve) => client.session.ping(resolve));

  broken.close(code as number);
  const whole = await client.send({ ":method": "POST", ":path": "/own" }, "whole");

  expect([whole.status, bodies]).toEqual([200, ["whole"]]);
  expect(server.logged.filter((line) => line.includes("error"))).toEqual([]);
});

test.for([
  ["CANCEL", NGHTTP2_CANCEL],
  ["NO_ERROR", NGHTTP2_NO_ERROR],
])("A client that gives a call up with %s aborts it, and its session goes on", async ([, code]) => {
  const server = standInServer();
  await using host = await startTlsHost({}, server);
  await using client = new Http2Client(host);
  const started = once(server.moments, "started");
  const aborted = once(server.moments, "aborted");
  const call = client.call("tools/call", { name: "wait" });
  await started;

  call.close(code as number);

  await aborted;
  expect((await client.send({ ":path": "/healthz" })).status).toBe(200);
});

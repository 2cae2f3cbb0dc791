import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer as createHttpServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { certificate } from "../../packages/core/src/hosting/http/fixtures/certificate.ts";
import { modernMeta, postHeaders } from "../../packages/core/src/hosting/http/fixtures/http-client.ts";
import { resolveHttpOptions } from "../../packages/core/src/hosting/http/http-options.ts";
import { createServer, defineTool, type HttpHost, stderrLogger } from "../../packages/core/src/index.ts";
import { hasNginx, startNginx } from "./nginx-process.ts";

const publicName = "mcp.example.com";
const file = join(import.meta.dirname, "../../deploy/nginx/plinth.conf");
const configuration = await readFile(file, "utf8");
const mebibyte = 1024 * 1024;
const isRequired = process.env.PLINTH_REQUIRE_NGINX === "1";
const defaults = resolveHttpOptions({});

/** A call of a tool, as a modern client sends it. */
const callHeaders = {
  ...postHeaders,
  "mcp-protocol-version": "2026-07-28",
  "mcp-method": "tools/call",
};

function callBody(name: string, fill = ""): string {
  const meta = { ...modernMeta, progressToken: "p" };
  const params = { name, arguments: {}, _meta: meta, fill };
  return JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface SendOptions {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly agent?: Agent;
  /** Told of each piece of the body as it comes. */
  readonly onPiece?: (text: string) => void;
}

/** Sends one request to nginx, as a client that knows it by its public name. */
async function send(
  port: number,
  { method = "POST", path = "/mcp", headers, body, agent, onPiece }: SendOptions,
): Promise<Answer> {
  const outgoing = request({
    host: "127.0.0.1",
    port,
    path,
    method,
    ca: certificate.cert,
    servername: "localhost",
    headers: { host: publicName, ...headers },
    ...(agent && { agent }),
  });
  outgoing.end(body);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  let text = "";
  for await (const piece of response.setEncoding("utf8")) {
    text += piece as string;
    onPiece?.(text);
  }
  return { status: response.statusCode, headers: response.headers, body: text };
}

/** nginx with the repository's own configuration: only addresses, ports and the certificate's place are others. */
async function startProxy(upstreams: readonly number[]): Promise<number> {
  const port = await freePort();
  const line = "server 127.0.0.1:3000 max_fails=0;";
  const changes: [string, string][] = [
    [line, upstreams.map((upstream) => line.replace("3000", String(upstream))).join("\n")],
    ["listen 443 ssl http2;", `listen 127.0.0.1:${port} ssl http2;`],
    ["/etc/nginx/tls/server.crt", "PREFIX/server.crt"],
    ["/etc/nginx/tls/server.key", "PREFIX/server.key"],
  ];
  for (const [from] of changes) expect(configuration).toContain(from);
  const http = changes.reduce((text, [from, to]) => text.replace(from, to), configuration);
  const nginx = await startNginx({ http, files: { "server.crt": certificate.cert, "server.key": certificate.key } });
  onTestFinished(() => nginx[Symbol.asyncDispose]());
  return port;
}

async function freePort(): Promise<number> {
  const server = createHttpServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A Plinth server as the guide says it belongs behind a proxy. */
async function startPlinth(port = 0, gate: Promise<void> = Promise.resolve()): Promise<HttpHost> {
  const server = createServer({
    name: "behind-nginx",
    version: "1.0.0",
    log: stderrLogger({ level: "silent" }),
    components: [
      defineTool({ name: "answer", description: "Answers.", handler: () => "42" }),
      defineTool({
        name: "steps",
        description: "Tells of a step, then waits.",
        async handler(_, context) {
          await context.progress(1, 2, "first step");
          await gate;
          return "done";
        },
      }),
    ],
  });
  const host = await server.listen({ port, allowedHosts: [publicName, "127.0.0.1"] });
  onTestFinished(() => host.close());
  return host;
}

function portOf({ url }: HttpHost): number {
  return Number(new URL(url).port);
}

function callAnswer(port: number, agent?: Agent): Promise<Answer> {
  const headers = { ...callHeaders, "mcp-name": "answer" };
  return send(port, { headers, body: callBody("answer"), ...(agent && { agent }) });
}

/** The processes that answered; each names itself in its answer. */
function workersIn(answers: readonly Answer[]): Set<string | undefined> {
  return new Set(answers.filter(({ status }) => status === 200).map(({ body }) => /"text":"(\d+)"/.exec(body)?.[1]));
}

async function startTwoWorkers(port: number): Promise<ChildProcess> {
  const program = join(import.meta.dirname, "fixtures/two-workers.ts");
  const env = { ...process.env, PORT: String(port), WORKERS: "2" };
  const child = spawn(process.execPath, ["--conditions=@plinth/source", program], { env, stdio: "ignore" });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  const isReady = async (): Promise<boolean> => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    return answer?.status === 200;
  };
  await expect.poll(isReady).toBe(true);
  return child;
}

test("nginx closes kept connections before the server does, and waits longer than a stream is silent", () => {
  const seconds = (name: string): number => {
    const [, amount, unit] = new RegExp(`^\\s*${name} (\\d+)([sm]);`, "m").exec(configuration) ?? [];
    return Number(amount) * (unit === "m" ? 60 : 1);
  };

  expect(seconds("keepalive_timeout") * 1000).toBeLessThan(defaults.keepAliveTimeoutMs);
  expect(seconds("proxy_read_timeout") * 1000).toBeGreaterThan(2 * defaults.sseKeepAliveMs);
});

test.runIf(isRequired)("nginx is installed where it is required", () => {
  expect(hasNginx).toBe(true);
});

describe.skipIf(!hasNginx)("Behind nginx (skipped where it is not installed)", () => {
  test("Progress reaches the client while the call still runs", async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const port = await startProxy([portOf(await startPlinth(0, gate))]);

    const answer = await send(port, {
      headers: { ...callHeaders, "mcp-name": "steps" },
      body: callBody("steps"),
      // The tool ends only once its progress has come through.
      onPiece: (text) => text.includes("first step") && open(),
    });

    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/event-stream");
    expect(answer.body).toContain("done");
  });

  test("nginx and the server draw the line for large requests at the same byte", async () => {
    const host = await startPlinth();
    const port = await startProxy([portOf(host)]);
    const headers = { ...callHeaders, "mcp-name": "answer" };
    const fits = callBody("answer", "x".repeat(4 * mebibyte - callBody("answer").length));
    const tooLarge = `${fits} `;

    const atLimit = await send(port, { headers, body: fits });
    const beyond = await send(port, { headers, body: tooLarge });
    const direct = await fetch(host.url, { method: "POST", headers, body: tooLarge });

    expect(Buffer.byteLength(fits)).toBe(4 * mebibyte);
    expect(atLimit.status).toBe(200);
    expect([beyond.status, direct.status]).toEqual([413, 413]);
    expect(JSON.parse(beyond.body)).toMatchObject({ id: null, error: { code: -31413 } });
    expect(await direct.json()).toMatchObject({ id: null, error: { code: -31413 } });
  });

  test("What a client claims about itself does not reach the server, and what it asks does", async () => {
    let seen: IncomingHttpHeaders = {};
    const upstream = createHttpServer((incoming, outgoing) => {
      seen = incoming.headers;
      outgoing.end("{}");
    });
    await once(upstream.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void upstream.close());
    const port = await startProxy([(upstream.address() as AddressInfo).port]);

    const forged = { "x-forwarded-for": "10.0.0.1", "x-forwarded-host": "evil.example", forwarded: "for=10.0.0.1" };
    const named = await send(port, {
      headers: { ...forged, origin: "https://app.example.com", "x-request-id": "trace-7" },
    });
    const first = seen;
    const odd = await send(port, { headers: { "x-request-id": 'a" b' } });

    expect(first).toMatchObject({
      host: publicName,
      origin: "https://app.example.com",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "https",
      "x-request-id": "trace-7",
    });
    expect(first).not.toHaveProperty("forwarded");
    expect(first).not.toHaveProperty("x-forwarded-host");
    expect(named.headers["x-request-id"]).toBe("trace-7");
    expect(odd.headers["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
    expect(seen["x-request-id"]).toBe(odd.headers["x-request-id"]);
  });

  test("Other names and other paths than the public ones end at nginx", async () => {
    const port = await startProxy([portOf(await startPlinth())]);

    const otherName = await send(port, { headers: { ...callHeaders, host: "evil.example" }, body: "{}" });
    const health = await send(port, { method: "GET", path: "/readyz" });
    const foreignPage = await send(port, {
      headers: { ...callHeaders, "mcp-name": "answer", origin: "https://evil.example" },
      body: callBody("answer"),
    });

    expect(otherName.status).toBe(421);
    expect(health.status).toBe(404);
    expect(foreignPage.status).toBe(403);
  });

  test("While one of two replicas is down, the other answers every call", async () => {
    const replicas = [await startPlinth(), await startPlinth()];
    const port = await startProxy(replicas.map(portOf));
    const statuses: (number | undefined)[] = [];

    for (const replica of replicas) {
      await replica.close();
      for (let calls = 0; calls < 20; calls += 1) statuses.push((await callAnswer(port)).status);
      await startPlinth(portOf(replica));
    }

    expect(statuses).toEqual(Array.from({ length: 40 }, () => 200));
  });

  // Seconds of two processes under load: for CI, which requires nginx.
  test.runIf(isRequired)("Workers that are replaced by SIGHUP lose no call of busy clients", async () => {
    const upstream = await freePort();
    const server = await startTwoWorkers(upstream);
    const port = await startProxy([upstream]);
    const answers: Answer[] = [];
    const over = new AbortController();
    const client = async (): Promise<void> => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      while (!over.signal.aborted) answers.push(await callAnswer(port, agent));
      agent.destroy();
    };

    const clients = Array.from({ length: 4 }, client);
    await expect.poll(() => workersIn(answers).size).toBe(2);
    server.kill("SIGHUP");
    await expect.poll(() => workersIn(answers).size).toBe(4);
    over.abort();
    await Promise.all(clients);

    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  });
});

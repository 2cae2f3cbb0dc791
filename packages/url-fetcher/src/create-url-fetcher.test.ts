import { getEventListeners } from "node:events";
import { duplexPair } from "node:stream";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createUrlFetcher } from "./create-url-fetcher.ts";
import { failureDetail, UrlFetchError } from "./errors/url-fetch-error.ts";
import { UrlPolicyError } from "./errors/url-policy-error.ts";
import type { FetchInit } from "./exchange/fetch-request.ts";
import type { FetchEvent } from "./fetch-event.ts";
import { LoopbackServer } from "./fixtures/loopback-server.ts";
import { StubInternet } from "./fixtures/stub-internet.ts";

const ok = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 7\r\n\r\n{"a":1}';

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}

describe("a fetcher", () => {
  it("fetches, and reads the body in every way", async () => {
    await using server = await LoopbackServer.start((socket) => socket.write(ok));
    await using fetcher = createUrlFetcher(server.policy);
    const url = server.url("/a?b=c#d");

    const response = await fetcher.fetch(new URL(url));
    const streamed: Uint8Array[] = [];
    for await (const chunk of await fetcher.stream(url)) streamed.push(chunk);

    expect(response).toMatchObject({
      status: 200,
      statusText: "OK",
      ok: true,
      redirected: false,
      url: server.url("/a?b=c"),
    });
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).toBe('{"a":1}');
    expect(await fetcher.json(url)).toEqual({ a: 1 });
    expect(Buffer.from(await fetcher.bytes(url)).toString()).toBe('{"a":1}');
    expect(Buffer.concat(streamed).toString()).toBe('{"a":1}');
    expect(server.heads[0]).toMatch(/^GET \/a\?b=c HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/);
    expect(server.sockets.size).toBeLessThanOrEqual(2);
  });

  it.each([
    ["text", "häßlich", "text/plain;charset=UTF-8"],
    ["bytes", new Uint8Array([1, 2, 3]), undefined],
    ["a form", new URLSearchParams({ a: "b c" }), "application/x-www-form-urlencoded;charset=UTF-8"],
    ["parts", Object.assign(new FormData(), {}), expect.stringMatching(/^multipart\/form-data; boundary=/)],
    ["a blob", new Blob(["x"], { type: "image/png" }), "image/png"],
  ])("sends %s with its type", async (_, body, type) => {
    await using internet = new StubInternet({
      dns: { "a.example.com": ["93.184.215.14"] },
      respond: (request, response) => void response.end(JSON.stringify(request.headers)),
    });
    await using fetcher = createUrlFetcher(internet.policy);

    const headers = await fetcher.json("https://a.example.com/", { method: "post", body });

    expect((headers as Record<string, unknown>)["content-type"]).toEqual(type);
  });

  it("sends a stream, and ends it at the limit", async () => {
    await using internet = new StubInternet({
      dns: { "a.example.com": ["93.184.215.14"] },
      respond(request, response) {
        let bytes = 0;
        request.on("data", (chunk: Buffer) => (bytes += chunk.length));
        request.on("end", () => response.end(String(bytes)));
      },
    });
    await using fetcher = createUrlFetcher({ ...internet.policy, limits: { requestBody: 100 } });
    const url = "https://a.example.com/";
    async function* pieces(count: number) {
      for (let index = 0; index < count; index += 1) yield Buffer.alloc(10);
    }
    async function* broken() {
      yield Buffer.alloc(10);
      throw new Error("secret of the caller");
    }

    const tooLong = await thrownBy(fetcher.text(url, { method: "POST", body: pieces(11) }));
    const failing = await thrownBy(fetcher.text(url, { method: "POST", body: broken() }));

    expect(tooLong).toMatchObject({ code: "TOO_LARGE" });
    expect(failing).toMatchObject({ code: "INVALID_REQUEST", message: "The body of the request broke off" });
    expect(await fetcher.json(url, { method: "POST", body: pieces(10) })).toBe(100);
  });

  it("sends the bytes that the caller had, whatever becomes of their memory", async () => {
    await using internet = new StubInternet({
      dns: { "a.example.com": ["93.184.215.14"] },
      respond: (request, response) => void request.pipe(response),
    });
    await using fetcher = createUrlFetcher(internet.policy);
    const changed = Buffer.from("original");
    const givenAway = new TextEncoder().encode("original");

    const answers = [changed, givenAway, givenAway.buffer].map((body) =>
      fetcher.text("https://a.example.com/", { method: "POST", body }),
    );
    changed.fill("x");
    structuredClone(givenAway.buffer, { transfer: [givenAway.buffer] });

    expect(await Promise.all(answers)).toEqual(["original", "original", "original"]);
  });

  it("takes the error of a fetch whose body it sends on for a fault of that body alone", async () => {
    await using internet = new StubInternet({ dns: { "a.example.com": ["93.184.215.14"] } });
    await using fetcher = createUrlFetcher(internet.policy);
    async function* bodyOfAnother() {
      yield await fetcher.bytes("https://dead.example.com/");
    }

    const error = await thrownBy(fetcher.text("https://a.example.com/", { method: "POST", body: bodyOfAnother() }));

    expect(error).toMatchObject({ code: "INVALID_REQUEST" });
    expect(failureDetail(error)).toMatchObject({ reason: "body", cause: { code: "UNREACHABLE" } });
  });

  it("lets go of a body that is too large when it does not come to send it", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    await using fetcher = createUrlFetcher({ limits: { requestBody: 10 } });
    const body = new Blob(["more than ten bytes"]);

    const refused = await thrownBy(fetcher.fetch("http://10.0.0.1/", { method: "POST", body }));
    const aborted = await thrownBy(
      fetcher.fetch("https://a.example.com/", { method: "POST", body, signal: AbortSignal.abort() }),
    );
    // Rejections are reported once the microtasks are done.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);

    expect([refused, aborted]).toMatchObject([{ code: "UNREACHABLE" }, { code: "ABORTED" }]);
    expect(unhandled).toEqual([]);
  });

  it("has BAD_STATUS for a helper, and an answer for fetch", async () => {
    await using server = await LoopbackServer.start((socket) =>
      socket.write("HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno"),
    );
    await using fetcher = createUrlFetcher(server.policy);

    expect(await thrownBy(fetcher.json(server.url()))).toMatchObject({ code: "BAD_STATUS", status: 404 });
    expect(await fetcher.fetch(server.url())).toMatchObject({ ok: false, status: 404 });
  });

  it.each([
    ["a method that is not allowed", { method: "TRACE" }],
    ["a method that is two lines", { method: "GET / HTTP/1.1\r\nx:" }],
    ["a body of a GET", { body: "x" }],
    ["a length that is not the body's", { method: "POST", body: "x", headers: { "content-length": "5" } }],
    ["a length without a body", { method: "POST", headers: { "content-length": "5" } }],
    ["a body that is none", { method: "POST", body: { length: 1 } as never }],
    ["a header of the connection", { headers: { host: "169.254.169.254" } }],
  ] satisfies [string, FetchInit][])("sends nothing with %s", async (_, init) => {
    await using server = await LoopbackServer.start((socket) => socket.write(ok));
    await using fetcher = createUrlFetcher(server.policy);

    expect(await thrownBy(fetcher.text(server.url(), init))).toMatchObject({ code: "INVALID_REQUEST" });
    expect(server.heads).toEqual([]);
  });

  it.each([
    [{ signal: {} as AbortSignal }],
    [{ redirect: "sometimes" as never }],
    [{ principal: 5 as never }],
    [{ timeoutMs: Number.NaN }],
    [{ maxBytes: -1 }],
    [null as never],
  ] satisfies [FetchInit][])("calls %j a mistake of the program", async (init) => {
    await using fetcher = createUrlFetcher();

    expect(await thrownBy(fetcher.fetch("https://example.com/", init))).toBeInstanceOf(UrlPolicyError);
  });

  it("keeps the tighter of its own limits and the call's", async () => {
    await using server = await LoopbackServer.start(
      (socket, head) => void (head.includes("/slow") || socket.write(ok)),
    );
    await using fetcher = createUrlFetcher({ ...server.policy, limits: { decoded: 6 }, timeouts: { total: 300 } });

    expect(await thrownBy(fetcher.text(server.url(), { maxBytes: 1000 }))).toMatchObject({ code: "TOO_LARGE" });
    expect(await thrownBy(fetcher.text(server.url(), { maxBytes: 3 }))).toMatchObject({
      message: expect.stringContaining("than 3 bytes"),
    });
    expect(await thrownBy(fetcher.text(server.url("/slow"), { timeoutMs: 50_000 }))).toMatchObject({
      message: expect.stringContaining("300 ms"),
    });
    expect(await thrownBy(fetcher.text(server.url("/slow"), { timeoutMs: 30 }))).toMatchObject({
      code: "TIMEOUT",
      message: expect.stringContaining("30 ms"),
    });
  });
});

describe("what a caller can play with", () => {
  it("is read once: URLs and options that change their mind", async () => {
    await using server = await LoopbackServer.start((socket) => socket.write(ok));
    await using fetcher = createUrlFetcher(server.policy);
    class Turncoat extends URL {
      override toString(): string {
        return "http://10.0.0.1/";
      }
    }
    const turncoat = new Turncoat(server.url("/own"));
    Object.defineProperty(turncoat, "href", { get: () => "http://10.0.0.1/" });
    let reads = 0;
    const init = {
      get method() {
        reads += 1;
        return reads === 1 ? "GET" : "CONNECT";
      },
    };

    await fetcher.text(turncoat, init);

    expect(server.heads).toEqual([expect.stringMatching(/^GET \/own /)]);
    for (const url of [
      { toString: () => server.url() },
      { href: server.url() },
      Object.create(URL.prototype),
      ["http://10.0.0.1/"],
      undefined,
    ]) {
      expect(await thrownBy(fetcher.fetch(url as never))).toMatchObject({ code: "INVALID_URL" });
    }
  });

  it("is own properties, and none of undici's options", async () => {
    await using server = await LoopbackServer.start((socket) => socket.write(ok));
    await using fetcher = createUrlFetcher(server.policy);
    const inherited = Object.create({ method: "POST", headers: { "x-inherited": "1" }, body: "x" }) as FetchInit;
    const foreign = {
      socketPath: "/var/run/docker.sock",
      dispatcher: {},
      path: "/other",
      origin: "http://10.0.0.1",
      upgrade: "x",
      query: { a: 1 },
    };

    await fetcher.text(server.url("/1"), inherited);
    await fetcher.text(server.url("/2"), foreign as FetchInit);

    expect(server.heads[0]).toMatch(/^GET \/1 /);
    expect(server.heads[0]).not.toContain("x-inherited");
    expect(server.heads[1]).toMatch(/^GET \/2 HTTP/);
  });
});

describe("an aborted fetch", () => {
  const never = new Promise<never>(() => {});
  const publicName = async () => ["93.184.215.14"];

  it.each([
    ["before it starts", {}, "aborted"],
    ["in the lookup", { resolver: () => never }, "later"],
    ["in the connection", { resolver: publicName, connect: () => never }, "later"],
    ["in the handshake", { resolver: publicName, connect: async () => duplexPair()[0] }, "later"],
    ["in the rate limit", { rateLimit: { requests: 1, store: { consume: () => never } } }, "later"],
  ] as const)("ends %s, and leaves nothing behind", async (_, policy, when) => {
    await using fetcher = createUrlFetcher({ ...policy, timeouts: { connect: 200 } });
    const controller = new AbortController();
    if (when === "aborted") controller.abort(new Error("own reason"));

    const fetching = fetcher.fetch("https://a.example.com/", { signal: controller.signal });
    setImmediate(() => controller.abort(new Error("own reason")));

    expect(await thrownBy(fetching)).toMatchObject({ code: "ABORTED" });
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    await expect.poll(() => fetcher.stats()).toEqual({ active: 0, waiting: 0 });
  });

  it("ends in the line, between two attempts, before the head and in the body", async () => {
    const phases = {
      "/line": { concurrency: { perHost: 1 } },
      "/retry": { retry: { baseMs: 20_000, maxMs: 20_000 } },
      "/head": {},
      "/body": {},
    };
    for (const [path, policy] of Object.entries(phases)) {
      await using server = await LoopbackServer.start((socket) => {
        if (path === "/retry") socket.write("HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n");
        if (path === "/body") socket.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhe");
      });
      const retried = Promise.withResolvers<void>();
      await using fetcher = createUrlFetcher({
        ...server.policy,
        ...policy,
        onEvent: ({ type }) => type === "retried" && retried.resolve(),
      });
      const controller = new AbortController();
      const blocker = path === "/line" ? thrownBy(fetcher.text(server.url())) : undefined;

      const fetching = thrownBy(fetcher.text(server.url(path), { signal: controller.signal }));
      await expect.poll(() => server.heads.length).toBe(1);
      if (path === "/retry") await retried.promise;
      controller.abort();

      expect(await fetching).toMatchObject({ code: "ABORTED" });
      expect(getEventListeners(controller.signal, "abort")).toEqual([]);
      await fetcher.close();
      await blocker;
      expect(fetcher.stats()).toEqual({ active: 0, waiting: 0 });
      await expect.poll(() => server.sockets.size).toBe(0);
    }
  });

  it("is also one whose reader loses interest", async () => {
    await using server = await LoopbackServer.start((socket) =>
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhe"),
    );
    await using fetcher = createUrlFetcher(server.policy);

    const [first, second] = [await fetcher.fetch(server.url()), await fetcher.fetch(server.url())];
    first.cancel();
    await second.body?.cancel();

    await expect.poll(() => server.sockets.size).toBe(0);
    expect(fetcher.stats()).toEqual({ active: 0, waiting: 0 });
  });
});

describe("close", () => {
  it("ends what is under way, closes every connection, and refuses what comes later", async () => {
    await using server = await LoopbackServer.start(
      (socket, head) => void (head.includes("/hang") || socket.write(ok)),
    );
    const fetcher = createUrlFetcher({ ...server.policy, concurrency: { perHost: 3 } });
    await fetcher.text(server.url());

    const hanging = Array.from({ length: 5 }, () => thrownBy(fetcher.text(server.url("/hang"))));
    await expect.poll(() => server.heads.length).toBe(4);
    await Promise.all([fetcher.close(), fetcher.close()]);

    for (const error of await Promise.all(hanging)) expect(error).toMatchObject({ code: "CLOSED" });
    expect(await thrownBy(fetcher.text(server.url()))).toMatchObject({ code: "CLOSED" });
    await expect.poll(() => server.sockets.size).toBe(0);
    expect(fetcher.stats()).toEqual({ active: 0, waiting: 0 });
  });

  it("keeps no more idle connections than it may have requests at the same time, whatever its hosts propose", async () => {
    const answer = ok.replace("\r\n", "\r\nconnection: keep-alive\r\nkeep-alive: timeout=3600\r\n");
    await using server = await LoopbackServer.start((socket) => socket.write(answer));
    await using fetcher = createUrlFetcher({ ...server.policy, concurrency: { global: 4 } });

    for (let index = 0; index < 40; index += 1) await fetcher.text(server.url("/", `h${index}.example.com`));

    await expect.poll(() => server.sockets.size).toBeLessThanOrEqual(8);
    expect(server.sockets.size).toBeGreaterThan(0);
  });

  it("leaves nothing behind after a thousand fetches of every kind", async () => {
    await using server = await LoopbackServer.start((socket, head) => {
      if (head.includes("/broken")) socket.destroy();
      else if (!head.includes("/hang")) socket.write(ok);
    });
    await using fetcher = createUrlFetcher({ ...server.policy, breaker: false, concurrency: { perHost: 8 } });
    const paths = ["/", "/broken", "/hang", "/?refused"];

    const results = await Promise.allSettled(
      Array.from({ length: 1000 }, (_, index) => {
        const path = paths[index % paths.length] ?? "/";
        const url = path === "/?refused" ? server.url("/", "10.0.0.1") : server.url(path);
        return fetcher.text(url, path === "/hang" ? { timeoutMs: 20 } : {});
      }),
    );

    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(250);
    expect(fetcher.stats()).toEqual({ active: 0, waiting: 0 });
    expect(server.sockets.size).toBeLessThanOrEqual(8);
  });
});

describe("what a client sees of a failure", () => {
  const secret = /10\.0\.0\.|169\.254|ECONN|ENOTFOUND|127\.0|example\.com|address|dns|resolv/i;

  async function unreachableErrors(): Promise<Error[]> {
    await using internet = new StubInternet({
      dns: {
        "inside.example.com": ["10.0.0.1"],
        "meta.example.com": ["169.254.169.254"],
        "dead.example.com": ["93.184.215.14"],
      },
      failingConnects: 1000,
    });
    await using fetcher = createUrlFetcher({
      ...internet.policy,
      breaker: { failures: 1 },
      denyHosts: ["denied.example.com"],
    });
    const urls = [
      "https://inside.example.com/",
      "https://meta.example.com/",
      "https://nowhere.example.com/",
      "https://denied.example.com/",
      "https://10.0.0.1/",
      "https://localhost/",
      "https://dead.example.com/",
      "https://dead.example.com/",
    ];
    const errors: Error[] = [];
    for (const url of urls) errors.push((await thrownBy(fetcher.text(url))) as Error);
    return errors;
  }

  it("is one and the same for refused, unknown and dead hosts, however it is printed", async () => {
    const errors = await unreachableErrors();

    const reasons = errors.map((error) => failureDetail(error)?.reason);
    expect(reasons).toEqual(["address", "metadata", "dns", "host", "address", "host", "connect", "circuit"]);
    const printers: readonly ((error: Error) => string | undefined)[] = [
      String,
      (error) => JSON.stringify(error),
      (error) => error.stack,
      (error) => inspect(error, { showHidden: true, depth: 9 }),
    ];
    for (const show of printers) {
      expect(new Set(errors.map((error) => show(error))).size).toBe(1);
      expect(show(errors[0] as Error)).not.toMatch(secret);
    }
    for (const error of errors) {
      expect(error).toBeInstanceOf(UrlFetchError);
      expect(error.cause).toBeUndefined();
      expect(Object.getOwnPropertyNames(error).toSorted()).toEqual(Object.getOwnPropertyNames(errors[0]).toSorted());
    }
  });

  it("has no headers, bodies, addresses and paths of the other failures either", async () => {
    await using server = await LoopbackServer.start((socket) =>
      socket.end("HTTP/1.1 200 OK\r\nx-secret : s3cret\r\n\r\n"),
    );
    await using fetcher = createUrlFetcher(server.policy);

    const error = await thrownBy(fetcher.text(server.url("/?token=s3cret"), { headers: { authorization: "s3cret" } }));

    expect(error).toMatchObject({ code: "INVALID_RESPONSE" });
    expect(inspect(error, { showHidden: true }).replaceAll(/\n {4}at .*/g, "")).not.toMatch(
      /s3cret|127\.0\.0\.1|cause/,
    );
    expect(failureDetail(error)?.cause).toBeInstanceOf(Error);
  });

  it("is recognised across copies of the package", async () => {
    const [error] = await unreachableErrors();

    expect(UrlFetchError.isInstance(error)).toBe(true);
    expect(UrlFetchError.isInstance(new Error("other"))).toBe(false);
    expect(UrlFetchError.isInstance(null)).toBe(false);
  });
});

describe("the hook", () => {
  it("is told of every end, with counts, reasons and addresses", async () => {
    const events: FetchEvent[] = [];
    await using server = await LoopbackServer.start((socket, head, count) => {
      if (head.includes("/moved")) socket.write("HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n");
      else if (head.includes("/busy") && count === 3) socket.write("HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n");
      else socket.write(ok);
    });
    await using fetcher = createUrlFetcher({
      ...server.policy,
      retry: { baseMs: 1 },
      onEvent: (event) => void events.push(event),
    });

    await fetcher.text(server.url("/moved"), { principal: "alice" });
    await fetcher.text(server.url("/busy"));
    await thrownBy(fetcher.text(`http://10.0.0.1:${server.port}/`, { method: "POST", principal: "bob" }));
    await thrownBy(fetcher.text("https://example.com:22/"));

    const about = { origin: server.url(""), method: "GET" };
    expect(events).toEqual([
      { type: "redirected", status: 302, to: expect.any(String), principal: "alice", ...about },
      {
        type: "finished",
        status: 200,
        wireBytes: 7,
        decodedBytes: 7,
        redirects: 1,
        ms: expect.any(Number),
        principal: "alice",
        ...about,
      },
      { type: "retried", attempt: 1, delayMs: expect.any(Number), status: 503, principal: "", ...about },
      {
        type: "finished",
        status: 200,
        wireBytes: 7,
        decodedBytes: 7,
        redirects: 0,
        ms: expect.any(Number),
        principal: "",
        ...about,
      },
      expect.objectContaining({
        type: "denied",
        code: "UNREACHABLE",
        reason: "address",
        address: "10.0.0.1",
        origin: server.url("", "10.0.0.1"),
        method: "POST",
        principal: "bob",
      }),
      expect.objectContaining({ type: "denied", code: "INVALID_URL", reason: "port" }),
    ]);
  });

  it("is told the status that a helper did not want", async () => {
    const events: FetchEvent[] = [];
    await using server = await LoopbackServer.start((socket) =>
      socket.write("HTTP/1.1 404 Not Found\r\ncontent-length: 100\r\n\r\nnot all of it"),
    );
    await using fetcher = createUrlFetcher({ ...server.policy, onEvent: (event) => void events.push(event) });

    const error = await thrownBy(fetcher.text(server.url()));

    expect(error).toMatchObject({ code: "BAD_STATUS", message: "The server answered with status 404" });
    expect(events).toEqual([expect.objectContaining({ type: "failed", code: "BAD_STATUS", reason: "status" })]);
  });

  it("may throw and reject", async () => {
    await using server = await LoopbackServer.start((socket) => socket.write(ok));
    const throwing = () => {
      throw new Error("the hook is broken");
    };
    const rejecting = (async () => throwing()) as () => void;
    for (const onEvent of [throwing, rejecting]) {
      await using fetcher = createUrlFetcher({ ...server.policy, onEvent });

      expect(await fetcher.text(server.url())).toBe('{"a":1}');
      expect(await thrownBy(fetcher.text(`http://10.0.0.1:${server.port}/`))).toMatchObject({ code: "UNREACHABLE" });
    }
  });

  it("is told once of an open circuit, and of what it refuses", async () => {
    const events: FetchEvent[] = [];
    await using internet = new StubInternet({ dns: { "dead.example.com": ["93.184.215.14"] }, failingConnects: 1000 });
    await using fetcher = createUrlFetcher({
      ...internet.policy,
      breaker: { failures: 2 },
      onEvent: (event) => void events.push(event),
    });

    for (let index = 0; index < 4; index += 1) await thrownBy(fetcher.text("https://dead.example.com/"));

    expect(events.map((event) => (event.type === "breaker" ? event.state : event.type))).toEqual([
      "failed",
      "open",
      "failed",
      "denied",
      "denied",
    ]);
    expect(internet.dialled).toHaveLength(2);
  });
});

describe("the rate limit", () => {
  it("is each principal's own, for each host, and says when to come again", async () => {
    await using server = await LoopbackServer.start((socket) => socket.write(ok));
    await using fetcher = createUrlFetcher({ ...server.policy, rateLimit: { requests: 2, perMs: 60_000 } });
    const ask = async (principal: string, host?: string) =>
      thrownBy(fetcher.text(server.url("/", host), { principal }));

    const results = [
      await ask("a"),
      await ask("a"),
      await ask("a"),
      await ask("b"),
      await ask("a", "other.example.com"),
    ];

    expect(results).toEqual([
      undefined,
      undefined,
      expect.objectContaining({ code: "RATE_LIMITED" }),
      undefined,
      undefined,
    ]);
    const { retryAfterMs } = results[2] as UrlFetchError;
    expect(retryAfterMs).toBeGreaterThan(25_000);
    expect(retryAfterMs).toBeLessThanOrEqual(30_000);
    expect(server.heads).toHaveLength(4);
  });

  it("counts redirects and repetitions as well", async () => {
    await using server = await LoopbackServer.start((socket) => {
      socket.write("HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n");
    });
    await using fetcher = createUrlFetcher({ ...server.policy, rateLimit: { requests: 3, perMs: 60_000 } });

    expect(await thrownBy(fetcher.text(server.url()))).toMatchObject({ code: "RATE_LIMITED" });
    expect(server.heads).toHaveLength(3);
  });

  it("refuses while its store fails, unless it is told otherwise", async () => {
    await using server = await LoopbackServer.start((socket) => socket.write(ok));
    const store = { consume: () => Promise.reject(new Error("redis://secret is away")) };
    await using closed = createUrlFetcher({ ...server.policy, rateLimit: { requests: 1, store } });
    await using open = createUrlFetcher({
      ...server.policy,
      rateLimit: { requests: 1, store, onStoreFailure: "allow" },
    });

    const error = await thrownBy(closed.text(server.url()));
    expect(error).toMatchObject({ code: "RATE_LIMITED" });
    expect(inspect(error)).not.toContain("redis");
    expect(await open.text(server.url())).toBe('{"a":1}');
  });

  it.each([undefined, null, {}, { allowed: "yes", retryAfterMs: 0 }, { allowed: false, retryAfterMs: Number.NaN }])(
    "takes %j of a store for a failure",
    async (decision) => {
      await using server = await LoopbackServer.start((socket) => socket.write(ok));
      const store = { consume: () => decision as never };
      await using fetcher = createUrlFetcher({ ...server.policy, rateLimit: { requests: 1, store } });

      expect(await thrownBy(fetcher.text(server.url()))).toMatchObject({ code: "RATE_LIMITED" });
      expect(server.heads).toEqual([]);
    },
  );

  it("keeps apart principals whose names could run into hosts", async () => {
    const keys: string[] = [];
    await using server = await LoopbackServer.start((socket) => socket.write(ok));
    const store = { consume: (key: string) => (keys.push(key), { allowed: true, retryAfterMs: 0 }) };
    await using fetcher = createUrlFetcher({ ...server.policy, rateLimit: { requests: 1, store } });

    await fetcher.text(server.url(), { principal: "a" });
    await fetcher.text(server.url(), { principal: "a:127.0.0.1" });

    expect(new Set(keys).size).toBe(2);
  });
});

describe("an answer that nobody reads", () => {
  it("gives its place to the request that follows it", async () => {
    const moved = "HTTP/1.1 302 Found\r\nlocation: /busy\r\ncontent-length: 99999\r\n\r\nx";
    const busy = "HTTP/1.1 503 Later\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n";
    await using server = await LoopbackServer.start((socket, head) => {
      const answer = head.includes("/moved") ? moved : server.heads.length === 2 ? busy : ok;
      socket.write(answer);
    });
    await using fetcher = createUrlFetcher({
      ...server.policy,
      retry: { baseMs: 1 },
      concurrency: { global: 1, perHost: 1 },
    });

    expect(await fetcher.text(server.url("/moved"))).toBe('{"a":1}');
    expect(server.heads).toHaveLength(3);
  });

  it("is refused a place when the line is full", async () => {
    await using server = await LoopbackServer.start(() => {});
    await using fetcher = createUrlFetcher({ ...server.policy, concurrency: { perHost: 1, queue: 1 } });

    const results = [1, 2, 3].map(() => thrownBy(fetcher.text(server.url())));

    expect(await results[2]).toMatchObject({ code: "OVERLOADED" });
    await fetcher.close();
    expect(await Promise.all(results)).toMatchObject([{ code: "CLOSED" }, { code: "CLOSED" }, {}]);
  });
});

describe("retries", () => {
  it("repeat an idempotent request, and never another", async () => {
    await using server = await LoopbackServer.start((socket, _, count) => {
      if (count % 3 === 0) socket.write(ok);
      else if (count % 3 === 1) socket.destroy();
      else socket.write("HTTP/1.1 503 Later\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n");
    });
    await using fetcher = createUrlFetcher({ ...server.policy, retry: { baseMs: 1 } });

    expect(await fetcher.text(server.url(), { method: "PUT", body: "x" })).toBe('{"a":1}');
    expect(server.heads).toHaveLength(3);
    expect(await thrownBy(fetcher.text(server.url(), { method: "POST", body: "x" }))).toMatchObject({
      code: "INVALID_RESPONSE",
    });
    expect(server.heads).toHaveLength(4);
  });

  it("return the last answer when they are used up, and one that asks for too much patience at once", async () => {
    await using server = await LoopbackServer.start((socket, head) => {
      const wait = head.includes("/long") ? "retry-after: 3600\r\n" : "";
      socket.write(`HTTP/1.1 429 Slow\r\n${wait}content-length: 0\r\n\r\n`);
    });
    await using fetcher = createUrlFetcher({ ...server.policy, retry: { baseMs: 1, attempts: 2 } });

    expect((await fetcher.fetch(server.url())).status).toBe(429);
    expect(server.heads).toHaveLength(3);
    expect((await fetcher.fetch(server.url("/long"))).status).toBe(429);
    expect(server.heads).toHaveLength(4);
  });
});

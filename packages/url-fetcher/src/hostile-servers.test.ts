import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { createUrlFetcher } from "./create-url-fetcher.ts";
import { failureDetail } from "./errors/url-fetch-error.ts";
import { LoopbackServer } from "./fixtures/loopback-server.ts";
import type { UrlFetcherPolicy } from "./policy/url-fetcher-policy.ts";

const head = "HTTP/1.1 200 OK\r\n";

/** What a fetch of the server comes to: status and text, or code and reason. */
async function outcome(server: LoopbackServer, policy: UrlFetcherPolicy = {}): Promise<string> {
  await using fetcher = createUrlFetcher({
    ...server.policy,
    timeouts: { headers: 400, idle: 400, total: 2000 },
    ...policy,
  });
  try {
    const response = await fetcher.fetch(server.url());
    return `${response.status} ${await response.text()}`;
  } catch (error) {
    return `${(error as { code: string }).code} ${failureDetail(error)?.reason}`;
  }
}

function repeatedly(socket: Socket, everyMs: number, write: () => void): void {
  const timer = setInterval(write, everyMs);
  socket.on("close", () => clearInterval(timer));
}

describe("a hostile server", () => {
  it.each([
    [
      "both a length and chunks",
      `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    ],
    ["two lengths", `${head}content-length: 5\r\ncontent-length: 6\r\n\r\nhello!`],
    ["a length with a sign", `${head}content-length: +5\r\n\r\nhello`],
    ["a negative length", `${head}content-length: -1\r\n\r\nhello`],
    ["a chunk of no size", `${head}transfer-encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n`],
    ["a chunk that is larger than said", `${head}transfer-encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n`],
    [
      "a transfer coding that hides another",
      `${head}transfer-encoding: chunked, identity\r\ncontent-length: 3\r\n\r\n0\r\n\r\n`,
    ],
    ["a folded header", `${head}x-a: 1\r\n folded\r\ncontent-length: 0\r\n\r\n`],
    ["a header without a name", `${head}: 1\r\ncontent-length: 0\r\n\r\n`],
    ["a space before the colon", `${head}content-length : 5\r\n\r\nhello`],
    ["a NUL in a header", `${head}x-a: 1\u00002\r\ncontent-length: 0\r\n\r\n`],
    ["bare line feeds", `HTTP/1.1 200 OK\ncontent-length: 5\n\nhello`],
    ["HTTP/0.9", "<html>hello</html>"],
    ["HTTP/3.0", "HTTP/3.0 200 OK\r\ncontent-length: 5\r\n\r\nhello"],
    ["another protocol", "SSH-2.0-OpenSSH_9.9\r\n"],
    [
      "an upgrade that nobody wanted",
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
    ],
    ["a 100 without a question", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["half of a body", `${head}content-length: 100\r\n\r\nhello`],
    ["half of the chunks", `${head}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`],
    ["nothing", ""],
  ])("that answers with %s gets no response through", async (_, answer) => {
    await using server = await LoopbackServer.start((socket) => socket.end(answer, "latin1"));

    expect(await outcome(server)).toMatch(/^INVALID_RESPONSE (?:protocol|broken)$/);
  });

  it.each([
    ["one large header", `x-a: ${"x".repeat(20_000)}\r\n`],
    ["many small headers", "a: b\r\n".repeat(20_000)],
  ])("cannot send %s", async (_, headers) => {
    await using server = await LoopbackServer.start((socket) =>
      socket.write(`${head}${headers}content-length: 0\r\n\r\n`),
    );

    expect(await outcome(server)).toBe("TOO_LARGE size");
  });

  it("cannot send large trailers", async () => {
    await using server = await LoopbackServer.start((socket) => {
      socket.write(`${head}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n${"x-a: b\r\n".repeat(20_000)}\r\n`);
    });

    expect(await outcome(server)).toMatch(/^(?:TOO_LARGE|INVALID_RESPONSE) /);
  });

  it.each([
    ["at once", (socket: Socket) => void socket.write("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000))],
    ["one by one", (socket: Socket) => repeatedly(socket, 5, () => socket.write("HTTP/1.1 102 Processing\r\n\r\n"))],
  ])("does not put off its answer with interim ones, %s", async (_, flood) => {
    await using server = await LoopbackServer.start(flood);

    expect(await outcome(server)).toBe("INVALID_RESPONSE protocol");
  });

  it.each([
    ["says nothing", () => {}, "TIMEOUT time"],
    [
      "sends its head byte by byte",
      (socket: Socket) => repeatedly(socket, 20, () => socket.write("H")),
      "INVALID_RESPONSE protocol",
    ],
    ["sends one header after the other", dripHeaders, "TIMEOUT time"],
    ["stops in the body", (socket: Socket) => void socket.write(`${head}content-length: 10\r\n\r\nhe`), "TIMEOUT time"],
    ["sends a body that never ends, slowly", dripBody, "TIMEOUT deadline"],
  ])("that %s is given up in time", async (_, converse, expected) => {
    await using server = await LoopbackServer.start(converse);
    const startedAt = performance.now();

    expect(await outcome(server)).toBe(expected);
    expect(performance.now() - startedAt).toBeLessThan(4000);
    await expect.poll(() => server.sockets.size).toBe(0);
  });

  it.each([
    [
      "chunks",
      (socket: Socket) =>
        flood(socket, `${head}transfer-encoding: chunked\r\n\r\n`, `10000\r\n${"x".repeat(65_536)}\r\n`),
    ],
    ["bytes until it closes", (socket: Socket) => flood(socket, `${head}\r\n`, "x".repeat(65_536))],
  ])("cannot send %s without end", async (_, converse) => {
    await using server = await LoopbackServer.start(converse);

    expect(await outcome(server, { limits: { wire: 1_000_000 } })).toBe("TOO_LARGE size");
    await expect.poll(() => server.sockets.size).toBe(0);
  });

  it("is stopped by the length that it announces, before its body", async () => {
    await using server = await LoopbackServer.start((socket) =>
      socket.write(`${head}content-length: 99999999999\r\n\r\n`),
    );

    expect(await outcome(server)).toBe("TOO_LARGE size");
  });

  it("cannot answer the next question with what it sent too much of", async () => {
    const poison = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison";
    const answers = [
      `${head}content-length: 5\r\n\r\nfirst${poison}`,
      `HTTP/1.1 204 No Content\r\n\r\n${poison}`,
      `HTTP/1.1 304 Not Modified\r\ncontent-length: 44\r\n\r\n${poison}`,
    ];
    for (const first of answers) {
      await using server = await LoopbackServer.start((socket, _, count) => {
        socket.write(count === 1 ? first : `${head}content-length: 6\r\n\r\nsecond`);
      });
      await using fetcher = createUrlFetcher({ ...server.policy, retry: { baseMs: 1 } });

      await (await fetcher.fetch(server.url("/1"))).text();
      const next = await Promise.all([fetcher.text(server.url("/2")), fetcher.text(server.url("/3"))]);

      expect(next).toEqual(["second", "second"]);
    }
  });

  it("keeps no place with a body that nobody can read", async () => {
    await using server = await LoopbackServer.start((socket) => {
      socket.write("HTTP/1.1 205 Reset Content\r\ncontent-length: 3000000\r\n\r\n");
      socket.write(Buffer.alloc(3_000_000));
    });
    await using fetcher = createUrlFetcher(server.policy);

    const response = await fetcher.fetch(server.url());

    expect([response.status, response.body, await response.text()]).toEqual([205, null, ""]);
    await expect.poll(() => fetcher.stats().active).toBe(0);
  });

  it("gets no body of a HEAD through", async () => {
    await using server = await LoopbackServer.start((socket) => socket.write(`${head}content-length: 5\r\n\r\nhello`));
    await using fetcher = createUrlFetcher(server.policy);

    const response = await fetcher.fetch(server.url(), { method: "HEAD" });

    expect([await response.text(), response.headers.get("content-length")]).toEqual(["", "5"]);
  });

  it("leaves nothing on the prototype with the names of its headers", async () => {
    await using server = await LoopbackServer.start((socket) => {
      socket.end(`${head}__proto__: polluted\r\nconstructor: x\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n`);
    });
    await using fetcher = createUrlFetcher(server.policy);

    const { headers } = await fetcher.fetch(server.url());

    expect(headers.get("__proto__")).toBe("polluted");
    expect(headers.get("set-cookie")).toBeNull();
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("sees connections of its own for each host, also where the hosts have one address", async () => {
    await using server = await LoopbackServer.start((socket) => socket.write(`${head}content-length: 2\r\n\r\nok`));
    await using fetcher = createUrlFetcher(server.policy);

    for (const host of ["a.example.com", "b.example.com", "a.example.com"]) await fetcher.text(server.url("/", host));

    expect(server.sockets.size).toBe(2);
  });
});

function dripHeaders(socket: Socket): void {
  socket.write(head);
  repeatedly(socket, 50, () => socket.write("x-a: b\r\n"));
}

function dripBody(socket: Socket): void {
  socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
  repeatedly(socket, 50, () => socket.write("1\r\nx\r\n"));
}

function flood(socket: Socket, start: string, piece: string): void {
  socket.write(start);
  const write = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", write);
  write();
}

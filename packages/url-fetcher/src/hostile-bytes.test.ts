import type { Socket } from "node:net";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createUrlFetcher } from "./create-url-fetcher.ts";
import { UrlFetchError } from "./errors/url-fetch-error.ts";
import { LoopbackServer } from "./fixtures/loopback-server.ts";

/** How long to attack. `PLINTH_ATTACK_SECONDS` makes it longer. */
const milliseconds = Number(process.env.PLINTH_ATTACK_SECONDS ?? 2) * 1000;

const text = "hello ".repeat(400);
const bodies = [text, "", gzipSync(text), brotliCompressSync(text), zstdCompressSync(text), gzipSync(gzipSync(text))];

const line = fc.oneof(
  fc.constantFrom(
    "content-length: 2400",
    "content-length: 5",
    "content-length: 0",
    "transfer-encoding: chunked",
    "content-encoding: gzip",
    "content-encoding: br",
    "content-encoding: zstd",
    "content-encoding: deflate",
    "content-encoding: gzip, gzip",
    "connection: close",
    "connection: keep-alive",
    "keep-alive: timeout=1",
    "location: /next",
    "location: //a.example.com/",
    "location: http://10.0.0.1/",
    "retry-after: 0",
    "trailer: x",
    "upgrade: h2c",
    "__proto__: 1",
  ),
  fc.stringMatching(/^[ -~]{0,20}$/),
);
const status = fc.constantFrom(
  "200 OK",
  "206 Partial",
  "204 No",
  "304 Not",
  "302 Found",
  "307 Again",
  "503 Later",
  "429 Slow",
  "500 Oops",
  "103 Early",
  "100 Continue",
  "101 Switch",
  "999 Odd",
  "2x0 Bad",
);
const message = fc
  .record({
    status,
    lines: fc.array(line, { maxLength: 5 }),
    body: fc.constantFrom(...bodies),
    end: fc.constantFrom("\r\n", "\n", "\r\n"),
  })
  .map(({ status, lines, body, end }) =>
    Buffer.concat([
      Buffer.from(`HTTP/1.1 ${status}${end}${lines.map((one) => one + end).join("")}${end}`),
      Buffer.from(body),
    ]),
  );
const chunked = fc
  .array(fc.constantFrom("5\r\nhello\r\n", "0\r\n\r\n", "A;x=y\r\n0123456789\r\n", "zz\r\n", "0\r\nx: y\r\n\r\n"), {
    maxLength: 6,
  })
  .map((parts) => Buffer.from(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${parts.join("")}`));
const answer = fc.record({
  messages: fc.array(fc.oneof(message, chunked), { minLength: 1, maxLength: 3 }),
  cut: fc.integer({ min: 1, max: 4000 }),
  piece: fc.integer({ min: 1, max: 700 }),
  ending: fc.constantFrom("keep", "end", "destroy", "reset"),
});

type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never;

const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Sends an answer in pieces, one a turn, so that the parser meets every boundary. */
function send(socket: Socket, { messages, cut, piece, ending }: Answer): void {
  let rest = Buffer.concat(messages).subarray(0, cut);
  const next = (): void => {
    if (socket.destroyed) return;
    if (rest.length > 0) {
      socket.write(rest.subarray(0, piece));
      rest = rest.subarray(piece);
      setImmediate(next);
    } else if (ending === "end") socket.end();
    else if (ending === "destroy") socket.destroy();
    else if (ending === "reset") socket.resetAndDestroy();
  };
  next();
}

describe("bytes that no server should send", () => {
  it(
    "end in an answer or in an error for clients, and leave nothing behind",
    { timeout: milliseconds + 30_000 },
    async () => {
      const answers = new Map<string, Answer>();
      await using server = await LoopbackServer.start((socket, head) => {
        const known = answers.get(/\?(\d+)/.exec(head)?.[1] ?? "") ?? [...answers.values()].at(-1);
        if (known !== undefined) send(socket, known);
      });
      await using fetcher = createUrlFetcher({
        ...server.policy,
        retry: { baseMs: 1, attempts: 1 },
        breaker: false,
        timeouts: { headers: 100, idle: 100, total: 300 },
        concurrency: { perHost: 16 },
        limits: { wire: 5000, decoded: 10_000, responseHeaders: 2000 },
      });
      const until = performance.now() + milliseconds;
      const outcomes = new Map<string, number>();
      let serial = 0;

      async function fetchOnce(given: Answer): Promise<void> {
        serial += 1;
        answers.set(String(serial), given);
        let outcome: string;
        try {
          const url = server.url(`/?${serial}`, serial % 2 === 0 ? "127.0.0.1" : "a.example.com");
          const response = await fetcher.fetch(url, { method: serial % 7 === 0 ? "HEAD" : "GET" });
          if (serial % 11 === 0) response.cancel();
          else if (serial % 5 !== 0) await response.text();
          else for await (const _ of response.body ?? []) await turn();
          outcome = "answered";
        } catch (error) {
          outcome = error instanceof UrlFetchError ? error.code : `unexpected: ${String(error)}`;
        }
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }

      for (const batch of fc.sample(fc.array(answer, { minLength: 24, maxLength: 24 }), 5000)) {
        await Promise.all(batch.map(fetchOnce));
        answers.clear();
        // On a machine that is too busy to answer in time, it goes on until there is an answer.
        if (performance.now() > until && outcomes.has("answered")) break;
      }

      const expected = new Set([
        "answered",
        "INVALID_RESPONSE",
        "TIMEOUT",
        "TOO_LARGE",
        "REDIRECT_REFUSED",
        "UNREACHABLE",
        "INVALID_URL",
      ]);
      expect([...outcomes.keys()].filter((outcome) => !expected.has(outcome))).toEqual([]);
      expect(outcomes.get("answered")).toBeGreaterThan(0);
      await expect.poll(() => fetcher.stats()).toEqual({ active: 0, waiting: 0 });
      await fetcher.close();
      await expect.poll(() => server.sockets.size).toBe(0);
    },
  );
});

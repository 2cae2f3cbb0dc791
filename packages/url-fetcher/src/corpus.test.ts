import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { classifyAddress } from "./address/classify-address.ts";
import { createUrlFetcher } from "./create-url-fetcher.ts";
import { UrlFetchError } from "./errors/url-fetch-error.ts";
import { StubInternet, type StubAnswers } from "./fixtures/stub-internet.ts";
import type { UrlFetcherPolicy } from "./policy/url-fetcher-policy.ts";

interface CorpusCase {
  readonly id: string;
  readonly class: string;
  readonly url: string;
  readonly why: string;
  readonly expect: "blocked" | "allowed" | "allowed-pinned";
  readonly dns?: Readonly<Record<string, StubAnswers>>;
  readonly policy?: "strict" | { readonly allowHosts?: string[]; readonly allowRanges?: string[] };
  readonly mustConnectTo?: readonly string[];
  readonly mustNotConnectTo?: readonly string[];
  readonly requests?: number;
  readonly expectSeq?: readonly string[];
  readonly redirects?: Readonly<Record<string, { readonly status: number; readonly location: string }>>;
  readonly redirectChain?: number;
  readonly forceNewConnection?: boolean;
  readonly firstConnectFails?: boolean;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly mustNotForward?: readonly string[];
  readonly method?: string;
  readonly body?: string;
  readonly bodyBytes?: number;
  readonly urlSuffix?: { readonly repeat: string; readonly times: number };
  readonly response?: CorpusResponse;
  readonly env?: Readonly<Record<string, string>>;
  readonly operatorProxy?: string;
}

interface CorpusResponse {
  readonly status?: number;
  readonly contentLength?: number;
  readonly endless?: boolean;
  readonly encoding?: string;
  readonly inflatesTo?: number;
  readonly dripHeaders?: boolean;
  readonly silent?: boolean;
  readonly headerBytes?: number;
  readonly informational?: number;
  readonly raw?: string;
}

const { cases } = JSON.parse(readFileSync(new URL("fixtures/ssrf.json", import.meta.url), "utf8")) as {
  cases: CorpusCase[];
};

/** Cases in which a server is asked before the fetch is stopped. */
const talksFirst = new Set(["redirect", "rebinding", "response"]);

afterEach(() => vi.unstubAllEnvs());

describe("the corpus of server-side request forgery", () => {
  it.each(cases)("$id, $class: $why", async (entry) => {
    for (const [name, value] of Object.entries(entry.env ?? {})) vi.stubEnv(name, value);
    const seen: { host: string; headers: Record<string, unknown> }[] = [];
    await using internet = new StubInternet({
      ...(entry.dns && { dns: entry.dns }),
      ...(entry.firstConnectFails && { failingConnects: 1 }),
      ...(entry.response && { converse: (socket) => converse(socket, entry.response ?? {}) }),
      respond(request, response) {
        seen.push({ host: request.headers.host ?? "", headers: request.headers });
        const isLast = entry.forceNewConnection === true || entry.requests !== undefined;
        if (isLast) response.setHeader("connection", "close");
        redirect(entry, request.url ?? "/", response);
      },
    });
    await using fetcher = createUrlFetcher(policyOf(entry, internet));

    const verdicts: string[] = [];
    const errors: unknown[] = [];
    for (let index = 0; index < (entry.requests ?? 1); index += 1) {
      try {
        const response = await fetcher.fetch(
          entry.url + (entry.urlSuffix?.repeat ?? "").repeat(entry.urlSuffix?.times ?? 0),
          {
            ...(entry.method && { method: entry.method }),
            ...(entry.requestHeaders && { headers: entry.requestHeaders }),
            ...(entry.body && { body: entry.body }),
            ...(entry.bodyBytes && { body: new Uint8Array(entry.bodyBytes) }),
          },
        );
        await response.text();
        verdicts.push("allowed");
      } catch (error) {
        errors.push(error);
        verdicts.push("blocked");
      }
    }

    const verdict = entry.expect === "allowed-pinned" ? "allowed" : entry.expect;
    expect(verdicts).toEqual(entry.expectSeq ?? [verdict]);
    const addresses = internet.dialled.map((dialled) => dialled.split(" ")[0] ?? "");
    expect(addresses.filter((address) => classifyAddress(address)?.isPublic !== true)).toEqual([]);
    expect(addresses.length > 0).toBe(
      verdict === "allowed" || (talksFirst.has(entry.class) && entry.id !== "ssrf-196"),
    );
    for (const error of errors) expect(error).toBeInstanceOf(UrlFetchError);
    for (const address of entry.mustConnectTo ?? []) expect(addresses).toContain(address);
    for (const address of entry.mustNotConnectTo ?? []) expect(addresses).not.toContain(address);
    for (const name of entry.mustNotForward ?? []) expect(seen.at(-1)?.headers).not.toHaveProperty(name);
  });
});

function policyOf({ policy, operatorProxy }: CorpusCase, internet: StubInternet): UrlFetcherPolicy {
  const { allowHosts, allowRanges } = typeof policy === "object" ? policy : {};
  return {
    ...internet.policy,
    ...(allowHosts && { allowHosts }),
    ...(allowRanges && { allowAddresses: allowRanges }),
    ...(operatorProxy !== undefined && { proxy: { url: operatorProxy } }),
    timeouts: { headers: 500, idle: 500, total: 3000 },
  };
}

function redirect(entry: CorpusCase, path: string, response: ServerResponse): void {
  if (entry.redirectChain !== undefined) {
    const next = Number(path.slice(1)) + 1;
    if (next <= entry.redirectChain) response.writeHead(302, { location: `/${next}` });
    return void response.end();
  }
  const known = Object.entries(entry.redirects ?? {}).find(([url]) => new URL(url).pathname === path);
  if (known === undefined) return void response.end("an answer");
  const { status, location } = known[1];
  // By hand, because node refuses to write some of them.
  response.socket?.end(
    `HTTP/1.1 ${status} Found\r\nlocation: ${location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
  );
}

function converse(socket: Duplex, answer: CorpusResponse): void {
  socket.on("error", () => {});
  socket.once("data", () => {
    const status = answer.status ?? 200;
    if (answer.silent === true) return;
    if (answer.dripHeaders === true) return drip(socket, "HTTP/1.1 200 OK\r\n", "x-drip: 1\r\n");
    if (answer.endless === true) {
      return drip(socket, "HTTP/1.1 200 OK\r\n\r\n", "x".repeat(65_536), 0);
    }
    if (answer.headerBytes !== undefined) {
      return void socket.end(
        `HTTP/1.1 200 OK\r\nx-large: ${"x".repeat(answer.headerBytes)}\r\ncontent-length: 0\r\n\r\n`,
      );
    }
    if (answer.informational !== undefined) {
      socket.write("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(answer.informational));
      return void socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    }
    if (answer.contentLength !== undefined) {
      return void socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${answer.contentLength}\r\n\r\nxxxx`);
    }
    if (answer.encoding !== undefined) {
      const body = encoded(answer.encoding, answer.inflatesTo ?? 10);
      socket.write(
        `HTTP/1.1 ${status} Status\r\ncontent-encoding: ${answer.encoding}\r\ncontent-length: ${body.length}\r\n\r\n`,
      );
      return void socket.write(body);
    }
    socket.end(rawAnswers[answer.raw ?? ""] ?? "");
  });
}

const rawAnswers: Readonly<Record<string, string>> = {
  "CL+TE":
    "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
  CLx2: "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 9\r\n\r\nhelloooooo",
  "101": "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
};

function drip(socket: Duplex, head: string, piece: string, everyMs = 50): void {
  socket.write(head);
  const timer = setInterval(() => socket.write(piece), everyMs);
  socket.on("close", () => clearInterval(timer));
}

const coders: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  gzip: (body) => gzipSync(body, { level: 9 }),
  deflate: (body) => deflateSync(body),
  br: (body) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: (body) => zstdCompressSync(body),
};

const bombs = new Map<string, Buffer>();

function encoded(encoding: string, size: number): Buffer {
  const key = `${encoding} ${size}`;
  const known = bombs.get(key);
  if (known !== undefined) return known;
  let body: Buffer = Buffer.alloc(size);
  for (const coding of encoding.split(",").map((name) => name.trim())) {
    const encode = coders[coding];
    if (encode === undefined) throw new Error(`The fixture has no ${coding}`);
    body = encode(body);
  }
  bombs.set(key, body);
  return body;
}

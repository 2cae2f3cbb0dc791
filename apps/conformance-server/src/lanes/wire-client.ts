/**
 * Speaks HTTP/1.1 over plain sockets: a library would correct the mistakes that a request is made of, and hide what the
 * server says about the connection. Several requests are under way at once, each on a connection of its own, which the
 * next one takes over as long as the server keeps it open.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { toBytes, type WireRequest } from "./wire-request.ts";

/** An answer as it came. */
export interface WireAnswer {
  /** 0 when none came before the time was up. */
  readonly status: number;
  /** Lower case; values of one name are joined by a line break. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Options for {@link openWireClient}. */
export interface WireClientOptions {
  readonly port: number;
  /** Connections at once. @default 8 */
  readonly connections?: number;
  /** Milliseconds an answer may take. @default 2_000 */
  readonly timeoutMs?: number;
}

/** A client that sends whatever it is given. */
export interface WireClient extends Disposable {
  send(request: WireRequest): Promise<WireAnswer>;
}

/** Opens a client for one loopback port. */
export function openWireClient({ port, connections = 8, timeoutMs = 2_000 }: WireClientOptions): WireClient {
  const idle: Socket[] = [];
  const waiting: (() => void)[] = [];
  let busy = 0;

  async function send(request: WireRequest): Promise<WireAnswer> {
    // Whoever is done passes its place on, so that nobody can take it in between.
    if (busy >= connections) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy += 1;
    try {
      const socket = idle.pop() ?? (await open(port));
      const answer = await exchange(socket, request, timeoutMs);
      const ends = answer.headers.get("connection") === "close" || socket.destroyed;
      if (ends) socket.destroy();
      else idle.push(socket);
      return answer;
    } finally {
      const next = waiting.shift();
      if (next === undefined) busy -= 1;
      else next();
    }
  }

  return {
    send,
    [Symbol.dispose]() {
      for (const socket of idle) socket.destroy();
    },
  };
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  socket.on("error", () => undefined);
  return socket;
}

function exchange(socket: Socket, request: WireRequest, timeoutMs: number): Promise<WireAnswer> {
  return new Promise((resolve) => {
    const isHead = request.method === "HEAD";
    let received: Buffer = Buffer.alloc(0);
    const finish = (answer: WireAnswer): void => {
      clearTimeout(timer);
      socket.off("data", onData).off("close", onEnd);
      resolve(answer);
    };
    const onData = (chunk: Buffer): void => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = readAnswer(received, { isHead, isAll: false });
      if (answer !== undefined) finish(answer);
    };
    const onEnd = (): void => {
      const { headers, ...answer } = readAnswer(received, { isHead, isAll: true }) ?? nothing;
      socket.destroy();
      finish({ ...answer, headers: new Map([...headers, [unfinished, "yes"]]) });
    };
    const timer = setTimeout(onEnd, timeoutMs);
    socket.on("data", onData).on("close", onEnd);
    if (socket.destroyed) onEnd();
    else socket.write(toBytes(request));
  });
}

/** Stands for a header of an answer that had no end before the connection or the time was over. */
const unfinished = "(unfinished)";

const nothing: WireAnswer = { status: 0, headers: new Map(), body: "" };

interface Reading {
  /** An answer to HEAD has no body, whatever its headers say. */
  readonly isHead: boolean;
  /** No more bytes will come. */
  readonly isAll: boolean;
}

/** The answer in these bytes (RFC 9112); `undefined` while more of it has to come. */
function readAnswer(received: Buffer, reading: Reading): WireAnswer | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [statusLine = "", ...lines] = received.toString("latin1", 0, end).split("\r\n");
  const status = Number(statusLine.split(" ")[1]);
  const rest = received.subarray(end + 4);
  if (status === 100) return readAnswer(rest, reading);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  const hasBody = !reading.isHead && status !== 204 && status !== 304;
  const body = hasBody ? readBody(rest, headers, reading.isAll) : Buffer.alloc(0);
  return body && { status, headers, body: decode(body, headers.get("content-encoding")).toString() };
}

function readBody(rest: Buffer, headers: ReadonlyMap<string, string>, isAll: boolean): Buffer | undefined {
  if (headers.get("transfer-encoding") === "chunked") return readChunks(rest, isAll);
  const length = headers.get("content-length");
  const isWhole = length !== undefined && rest.length >= Number(length);
  return isWhole || isAll ? rest.subarray(0, Number(length ?? rest.length)) : undefined;
}

function readChunks(rest: Buffer, isAll: boolean): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const line = rest.indexOf("\r\n", at);
    const size = line === -1 ? Infinity : Number.parseInt(rest.toString("latin1", at, line), 16);
    const next = line + 2 + size + 2;
    if (rest.length < next) return isAll ? Buffer.concat(chunks) : undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(rest.subarray(line + 2, line + 2 + size));
    at = next;
  }
}

function decode(body: Buffer, encoding: string | undefined): Buffer {
  if (body.length === 0) return body;
  if (encoding === "gzip") return gunzipSync(body);
  if (encoding === "br") return brotliDecompressSync(body);
  return encoding === "zstd" ? zstdDecompressSync(body) : body;
}

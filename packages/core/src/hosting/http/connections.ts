import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";

interface IdleConnection {
  idleSince: number;
  /** Bytes received when it became idle; more since then means that a request is on its way in. */
  bytesRead: number;
}

interface ConnectionState extends IdleConnection {
  /** Those that are not written yet, one at a time without pipelining. An array, because it is small. */
  readonly answers: ServerResponse[];
}

interface SessionState extends ConnectionState {
  /** Ends it unless a request comes in time. */
  timer: NodeJS.Timeout | undefined;
}

/** Options for {@link Connections}. */
export interface ConnectionsOptions {
  /** Milliseconds in which the first request of an HTTP/2 session must arrive. */
  readonly headersTimeoutMs: number;
  /** Milliseconds an HTTP/2 session may be without a request after that. Node itself does this for HTTP/1.1. */
  readonly keepAliveTimeoutMs: number;
}

/** The last id that a stream can have: every request is still taken (RFC 9113 section 6.8). */
const lastStreamId = 2 ** 31 - 1;

/**
 * Knows of every connection whether it is between requests, so that a shutdown closes none that is in use: HTTP/1.1
 * sockets, and HTTP/2 sessions, which carry many requests at once.
 */
export class Connections {
  readonly #accepted = new Set<Socket>();
  /** Those whose TLS handshake is still to come, by their other end: a TLS socket does not tell what it runs on. */
  readonly #handshakes = new Map<string, IdleConnection & { readonly socket: Socket }>();
  readonly #sockets = new Map<Socket, ConnectionState>();
  readonly #sessions = new Map<ServerHttp2Session, SessionState>();
  readonly #options: ConnectionsOptions;
  #leaving = false;

  /** Connections taken since the start. */
  taken = 0;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** A client connected. */
  accept(socket: Socket): void {
    this.taken += 1;
    this.#accepted.add(socket);
    socket.once("close", () => this.#accepted.delete(socket));
  }

  /** A client connected, and its TLS handshake is still to come. */
  acceptTls(socket: Socket): void {
    this.accept(socket);
    const end = otherEnd(socket);
    this.#handshakes.set(end, { socket, ...idleNow(socket) });
    socket.once("close", () => this.#handshakes.delete(end));
  }

  /** A connection is ready for HTTP/1.1 requests. */
  add(socket: Socket): void {
    this.#handshakes.delete(otherEnd(socket));
    this.#sockets.set(socket, { answers: [], ...idleNow(socket) });
    socket.once("close", () => this.#sockets.delete(socket));
  }

  /** A connection is ready for HTTP/2 requests. */
  addSession(session: ServerHttp2Session): void {
    this.#handshakes.delete(otherEnd(session.socket));
    const state: SessionState = { answers: [], ...idleNow(session.socket), timer: undefined };
    this.#sessions.set(session, state);
    endIdle(session, state, this.#options.headersTimeoutMs);
    session.once("close", () => {
      clearTimeout(state.timer);
      this.#sessions.delete(session);
    });
    if (this.#leaving) announceEnd(session);
  }

  /** A request arrived; the connection is in use until its answer is written or lost. */
  begin(request: IncomingMessage, answer: ServerResponse): void {
    if (request.httpVersionMajor === 2) {
      this.#beginStream(request as unknown as { readonly stream: ServerHttp2Stream }, answer);
      return;
    }
    const { socket } = request;
    const state = this.#sockets.get(socket);
    if (state === undefined) return;
    state.answers.push(answer);
    answer.on("close", () => {
      state.answers.splice(state.answers.indexOf(answer), 1);
      state.idleSince = performance.now();
      state.bytesRead = socket.bytesRead;
    });
  }

  #beginStream({ stream: { session } }: { readonly stream: ServerHttp2Stream }, answer: ServerResponse): void {
    const state = this.#sessions.get(session as ServerHttp2Session);
    if (state === undefined) return;
    state.answers.push(answer);
    clearTimeout(state.timer);
    answer.on("close", () => {
      state.answers.splice(state.answers.indexOf(answer), 1);
      state.idleSince = performance.now();
      if (state.answers.length === 0) endIdle(session as ServerHttp2Session, state, this.#options.keepAliveTimeoutMs);
    });
  }

  get size(): number {
    return this.#handshakes.size + this.#sockets.size + this.#sessions.size;
  }

  /** Whether part of an answer is on the wire, so that nothing else may be written. */
  isAnswering(socket: Socket): boolean {
    for (const answer of this.#sockets.get(socket)?.answers ?? []) if (answer.headersSent) return true;
    return false;
  }

  /** The last answer that is due to a request which has come whole; those before it are written first. */
  lastDue(socket: Socket): ServerResponse | undefined {
    return this.#sockets.get(socket)?.answers.findLast(({ req }) => req.complete);
  }

  /**
   * Asks HTTP/2 clients, which no answer can ask, to send nothing new on their sessions, now and later. What is on its
   * way is still taken: a session that was closed at once would refuse it (RFC 9113 section 6.8).
   */
  askToLeave(): void {
    this.#leaving = true;
    for (const session of this.#sessions.keys()) announceEnd(session);
  }

  /**
   * Closes connections that have been between requests for `ms`: a client that has just been answered may be sending
   * the next.
   */
  closeIdle(ms: number): void {
    const before = performance.now() - ms;
    for (const [socket, { answers, idleSince, bytesRead }] of this.#sockets) {
      if (answers.length === 0 && idleSince <= before && socket.bytesRead === bytesRead) socket.destroySoon();
    }
    for (const state of this.#handshakes.values()) if (isSilent(state, state.socket, ms)) state.socket.destroy();
    for (const [session, state] of this.#sessions) {
      if (state.answers.length > 0 || session.closed || session.destroyed) continue;
      if (isSilent(state, session.socket, ms)) session.close();
    }
  }

  destroyAll(): void {
    for (const session of this.#sessions.keys()) session.destroy();
    for (const socket of this.#accepted) socket.destroy();
  }
}

function announceEnd(session: ServerHttp2Session): void {
  if (!session.closed && !session.destroyed) session.goaway(0, lastStreamId);
}

function endIdle(session: ServerHttp2Session, state: SessionState, ms: number): void {
  clearTimeout(state.timer);
  state.timer = setTimeout(() => session.close(), ms).unref();
}

function idleNow({ bytesRead }: Socket): IdleConnection {
  return { idleSince: performance.now(), bytesRead };
}

/** Whether nothing has come for `ms`, where what comes need not be a request. */
function isSilent(state: IdleConnection, socket: Socket, ms: number): boolean {
  if (socket.bytesRead !== state.bytesRead) Object.assign(state, idleNow(socket));
  return state.idleSince <= performance.now() - ms;
}

function otherEnd({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

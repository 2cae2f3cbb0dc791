import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

interface ConnectionState {
  readonly answers: Set<ServerResponse>;
  idleSince: number;
  /** Bytes received when it became idle; more since then means that a request is on its way in. */
  bytesRead: number;
}

/** Knows of every connection whether it is between requests, so that a shutdown closes none that is in use. */
export class Connections {
  readonly #accepted = new Set<Socket>();
  readonly #states = new Map<Socket, ConnectionState>();

  /** Connections taken since the start. */
  taken = 0;

  /** A client connected; with TLS, its handshake is still to come. */
  accept(socket: Socket): void {
    this.taken += 1;
    this.#accepted.add(socket);
    socket.once("close", () => this.#accepted.delete(socket));
  }

  /** A connection is ready for requests. */
  add(socket: Socket): void {
    this.#states.set(socket, { answers: new Set(), idleSince: performance.now(), bytesRead: socket.bytesRead });
    socket.once("close", () => this.#states.delete(socket));
  }

  /** A request arrived; the connection is in use until its answer is written or lost. */
  begin({ socket }: IncomingMessage, answer: ServerResponse): void {
    const state = this.#states.get(socket);
    if (state === undefined) return;
    state.answers.add(answer);
    answer.once("close", () => {
      state.answers.delete(answer);
      state.idleSince = performance.now();
      state.bytesRead = socket.bytesRead;
    });
  }

  get size(): number {
    return this.#states.size;
  }

  /** Whether part of an answer is on the wire, so that nothing else may be written. */
  isAnswering(socket: Socket): boolean {
    for (const answer of this.#states.get(socket)?.answers ?? []) if (answer.headersSent) return true;
    return false;
  }

  /**
   * Closes connections that have been between requests for `ms`: a client that has just been answered may be sending
   * the next.
   */
  closeIdle(ms: number): void {
    const before = performance.now() - ms;
    for (const [socket, { answers, idleSince, bytesRead }] of this.#states) {
      if (answers.size === 0 && idleSince <= before && socket.bytesRead === bytesRead) socket.destroySoon();
    }
  }

  destroyAll(): void {
    for (const socket of this.#accepted) socket.destroy();
  }
}

import { randomBytes } from "node:crypto";
import { KitError } from "../../errors/kit-error.ts";
import type { Principal } from "../../protocol/principal.ts";
import type { HostedServer } from "../hosted-server.ts";
import { createEventStore } from "./event-store.ts";
import type { Exchange } from "./exchange.ts";
import type { ResolvedHttpOptions } from "./http-options.ts";
import { refusal } from "./refusal.ts";
import { Session } from "./session.ts";
import { requestOriginOf } from "./web-request.ts";

/** The answer for a session that is not there, or not the caller's (MCP 2025-11-25, transports, session management). */
const unknownSession = refusal(404, "There is no such session; start a new one with initialize");

/** The sessions of legacy clients, in memory: bounded, bound to whoever opened them, ended when idle. */
export class Sessions {
  readonly #server: HostedServer;
  readonly #options: ResolvedHttpOptions;
  readonly #sessions = new Map<string, Session>();
  #opening = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(server: HostedServer, options: ResolvedHttpOptions) {
    this.#server = server;
    this.#options = options;
  }

  /** Those that are open. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Serves a request that names a session. */
  async serve(id: string, exchange: Exchange, request: Request): Promise<void> {
    const session = this.#sessions.get(id);
    if (session === undefined || !session.belongsTo(exchange.principal)) {
      exchange.refuse(unknownSession);
      return;
    }
    await this.#handle(session, exchange, request);
  }

  /**
   * Serves an `initialize`, which opens a session.
   * @throws KitError `UNAVAILABLE` or `RATE_LIMITED` when there is no room
   */
  async open(exchange: Exchange, request: Request): Promise<void> {
    this.#makeRoom(exchange.principal);
    this.#opening += 1;
    try {
      const session = await this.#create(exchange);
      await this.#handle(session, exchange, request);
      if (!this.#sessions.has(session.transport.sessionId ?? "")) await session.close();
    } finally {
      this.#opening -= 1;
    }
  }

  /** Ends the streams that wait for notifications; calls go on. */
  drain(): void {
    for (const { transport } of this.#sessions.values()) transport.closeStandaloneSSEStream();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const open = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(open.map((session) => session.close()));
  }

  async #create(exchange: Exchange): Promise<Session> {
    const { sessions, sseKeepAliveMs } = this.#options;
    const { principal, http } = exchange;
    const server = await this.#server.bind({
      transport: "http",
      era: "legacy",
      lifetime: "connection",
      http,
      originOf: requestOriginOf,
      ...(principal !== undefined && { principal }),
    });
    server.onerror = (error) => this.#server.log.debug("A session's transport reported a problem", { error });
    const session: Session = await Session.create(server, principal, {
      sessionIdGenerator: () => randomBytes(24).toString("base64url"),
      onsessioninitialized: (id) => this.#register(id, session),
      onsessionclosed: (id) => void this.#sessions.delete(id),
      eventStore: createEventStore(sessions),
      retryInterval: sessions.retryMs,
      keepAliveMs: sseKeepAliveMs,
    });
    return session;
  }

  async #handle(session: Session, exchange: Exchange, request: Request): Promise<void> {
    const release = session.use();
    try {
      const { body } = exchange;
      await exchange.respond(
        await session.transport.handleRequest(request, body === undefined ? {} : { parsedBody: body }),
      );
    } finally {
      release();
    }
  }

  #register(id: string, session: Session): void {
    this.#sessions.set(id, session);
    this.#watchIdle();
  }

  #makeRoom(principal: Principal | undefined): void {
    const { max, maxPerPrincipal } = this.#options.sessions;
    const own = principal && [...this.#sessions].filter(([, session]) => session.belongsTo(principal));
    if (own && own.length >= maxPerPrincipal && !this.#endLongestIdle(own)) {
      throw new KitError("RATE_LIMITED", "You have as many open sessions as one caller may have", {
        retryAfterSeconds: 5,
      });
    }
    if (this.#sessions.size + this.#opening >= max && !this.#endLongestIdle([...this.#sessions])) {
      throw new KitError("UNAVAILABLE", "All sessions are in use; try again later", { retryAfterSeconds: 5 });
    }
  }

  #endLongestIdle(among: readonly (readonly [string, Session])[]): boolean {
    const idle = among.filter(([, session]) => !session.busy);
    const [longest] = idle.toSorted(([, one], [, other]) => one.lastUsed - other.lastUsed);
    if (longest === undefined) return false;
    this.#end(...longest);
    return true;
  }

  /** One timer for all, set for the earliest end; it does not keep the process alive. */
  #watchIdle(): void {
    if (this.#timer !== undefined) return;
    const { idleMs } = this.#options.sessions;
    let earliest = Infinity;
    for (const [id, session] of this.#sessions) {
      const idleFor = performance.now() - session.lastUsed;
      if (idleFor >= idleMs) this.#end(id, session);
      else earliest = Math.min(earliest, idleMs - idleFor);
    }
    if (earliest === Infinity) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#watchIdle();
    }, Math.ceil(earliest)).unref();
  }

  #end(id: string, session: Session): void {
    this.#sessions.delete(id);
    session.close().catch((error: unknown) => this.#server.log.warn("A session did not end cleanly", { error }));
  }
}

import type {
  Server as SdkServer,
  WebStandardStreamableHTTPServerTransportOptions,
} from "@modelcontextprotocol/server";
import type { Principal } from "../../protocol/principal.ts";
import { SessionTransport } from "./session-transport.ts";

/** One legacy client's session: its transport, its SDK server, and whether it is in use. */
export class Session {
  readonly transport: SessionTransport;
  readonly server: SdkServer;
  readonly #principal: Principal | undefined;
  #openExchanges = 0;
  #lastUsed: number = performance.now();

  private constructor(transport: SessionTransport, server: SdkServer, principal: Principal | undefined) {
    this.transport = transport;
    this.server = server;
    this.#principal = principal;
  }

  /** A session that becomes known by its id once the client's `initialize` is found good. */
  static async create(
    server: SdkServer,
    principal: Principal | undefined,
    options: WebStandardStreamableHTTPServerTransportOptions,
  ): Promise<Session> {
    const transport = new SessionTransport(options);
    await server.connect(transport);
    transport.watch();
    return new Session(transport, server, principal);
  }

  /** Whether this caller opened it. Nobody else learns that it exists. */
  belongsTo(principal: Principal | undefined): boolean {
    return principal?.id === this.#principal?.id && principal?.tenant === this.#principal?.tenant;
  }

  /** Whether a call runs, also one whose client is not connected just now, or a stream is open. */
  get busy(): boolean {
    return this.#openExchanges > 0 || this.transport.unanswered.size > 0;
  }

  /** When it was last used; for a busy one that is now. */
  get lastUsed(): number {
    return this.busy ? performance.now() : this.#lastUsed;
  }

  /** Marks it used until the returned function is called. */
  use(): () => void {
    this.#openExchanges += 1;
    return () => {
      this.#openExchanges -= 1;
      this.#lastUsed = performance.now();
    };
  }

  /** Ends its streams and aborts its calls. */
  async close(): Promise<void> {
    await this.transport.close();
    await this.server.close();
  }
}

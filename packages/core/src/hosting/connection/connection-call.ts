import type { LoggingLevel } from "@modelcontextprotocol/server";
import type { ClientInfo, Era, TransportKind } from "../../protocol/eras.ts";
import type { ClientRequest, Incoming } from "../../protocol/incoming.ts";
import type { RpcRequest } from "../../protocol/json-rpc.ts";
import { reaches } from "../../protocol/log-level.ts";
import { notificationMessage } from "../../protocol/messages.ts";
import { LiftedRequest } from "../lifted-request.ts";
import type { Channel } from "./channel.ts";

/** What the calls of one connection have in common, as of the moment when a call begins. */
export interface ConnectionCallOptions {
  readonly channel: Pick<Channel, "send">;
  readonly era: Era;
  readonly transport: TransportKind;
  readonly protocolVersion: string;
  /** Who shook hands (legacy); in the modern era each request says it anew. */
  readonly client: ClientInfo;
  /** The least severe log message that the connection wants (legacy); the modern era says it per request. */
  readonly leastLogLevel: (() => LoggingLevel) | undefined;
  readonly requestClient: ClientRequest | undefined;
}

/** One request of a connection, as `dispatch` sees it. Made per request; nothing of it is seen by another. */
export class ConnectionCall extends LiftedRequest implements Incoming {
  readonly #options: ConnectionCallOptions;
  #controller: AbortController | undefined;
  #abortion: { readonly reason: unknown } | undefined;

  constructor(request: RpcRequest, options: ConnectionCallOptions) {
    super(request);
    this.#options = options;
  }

  get era(): Era {
    return this.#options.era;
  }
  get transport(): TransportKind {
    return this.#options.transport;
  }
  get protocolVersion(): string {
    return this.#options.protocolVersion;
  }
  get client(): ClientInfo {
    const { client } = this.#options;
    const { clientInfo, clientCapabilities } = this.lifted;
    return { info: clientInfo ?? client.info, capabilities: clientCapabilities ?? client.capabilities };
  }
  get requestClient(): ClientRequest | undefined {
    return this.#options.requestClient;
  }
  /** Made when first asked for: most calls end before anybody does. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortion !== undefined) this.#controller.abort(this.#abortion.reason);
    }
    return this.#controller.signal;
  }
  get isAborted(): boolean {
    return this.#abortion !== undefined;
  }
  /** A pipe has one client, whom nothing authenticates and no session tells from another. */
  get principal(): undefined {
    return undefined;
  }
  get sessionId(): undefined {
    return undefined;
  }
  get http(): undefined {
    return undefined;
  }
  get closeStream(): undefined {
    return undefined;
  }

  async notify(method: string, params: Record<string, unknown>): Promise<void> {
    await this.#options.channel.send(notificationMessage(method, params));
  }

  /**
   * A legacy client asks once for a level and gets all messages before; the modern era sends them to a client that asked
   * with this very request (MCP, logging, in both revisions).
   */
  async clientLog(level: LoggingLevel, data: unknown, logger?: string): Promise<void> {
    const { leastLogLevel } = this.#options;
    const least = leastLogLevel === undefined ? this.lifted.logLevel : leastLogLevel();
    if (least !== undefined && reaches(level, least)) {
      await this.notify("notifications/message", { level, data, logger });
    }
  }

  /** The client gives the call up, or is gone. */
  abort(reason: unknown): void {
    this.#abortion ??= { reason };
    this.#controller?.abort(reason);
  }
}

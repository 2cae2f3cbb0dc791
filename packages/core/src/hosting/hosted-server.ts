import type { Server as SdkServer } from "@modelcontextprotocol/server";
import type { BindingSource } from "../binding/binding-source.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { WireError } from "../errors/wire-error.ts";
import type { Era, TransportKind } from "../protocol/eras.ts";
import type { HttpRequestInfo } from "../protocol/incoming.ts";
import type { Principal } from "../protocol/principal.ts";
import type { HealthReport } from "../services/service-health.ts";

/** Who sent a message, and with which HTTP request. */
export interface RequestOrigin {
  readonly http: HttpRequestInfo;
  readonly principal: Principal | undefined;
}

/** Where a bound SDK server will be used. */
export interface BindOptions {
  readonly transport: TransportKind;
  readonly era: Era;
  /** Who calls, verified at the edge. */
  readonly principal?: Principal;
  readonly http?: HttpRequestInfo;
  /** Finds out anew, for each message of a connection, who sent it and with which HTTP request. */
  readonly originOf?: (request: Request | undefined) => RequestOrigin | undefined;
  /**
   * `exchange` lives for one HTTP request; `connection` lives for a session or a pipe and forwards change notifications
   * to its client.
   */
  readonly lifetime: "exchange" | "connection";
  /** Told of each error that an answer carries, so that HTTP can set the status and headers that go with it. */
  readonly onError?: (error: WireError) => void;
}

/** What a host (stdio, HTTP, memory) needs of the server that it serves. */
export interface HostedServer extends BindingSource {
  /** The current snapshot. */
  readonly catalog: Catalog;
  /**
   * A thin SDK server whose requests all end in `dispatch`; it owns nothing that a second one could see. Asynchronous
   * because the first one loads the SDK, which a server that never needs it does not pay for.
   */
  bind(options: BindOptions): Promise<SdkServer>;
  /**
   * Starts the services in order, once.
   * @throws KitError naming the service that failed; those already up are stopped.
   */
  start(): Promise<void>;
  /** Checks every service. */
  health(): Promise<HealthReport>;
  /** Calls in flight now. */
  readonly inFlight: number;
  /** Resolves when no call is in flight, or after `ms`; tells which. */
  drained(ms: number): Promise<boolean>;
  /** Stops the services in reverse. Calls still in flight are aborted first. */
  stop(): Promise<void>;
}

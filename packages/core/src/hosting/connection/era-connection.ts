import type { KitError } from "../../errors/kit-error.ts";
import type { TransportKind } from "../../protocol/eras.ts";
import type { HostedServer } from "../hosted-server.ts";
import type { Channel, InboundMessage } from "./channel.ts";

/** What a connection of either era is made of. */
export interface ConnectionOptions {
  readonly server: HostedServer;
  readonly channel: Channel;
  readonly transport: TransportKind;
  /** `subscriptions/listen` requests that the client may hold open. @default 1_024 */
  readonly maxSubscriptions?: number;
  /** Told of a message that nobody expected and that gets no answer. */
  readonly onStray: (what: string) => void;
}

/** A connection whose era is known. Capabilities and methods are those of the moment when it was made. */
export interface EraConnection {
  /** Open `subscriptions/listen` requests. */
  readonly subscriptions: number;
  receive(message: InboundMessage): void;
  /** Resolves when every call has its answer, or needs none. */
  settled(): Promise<void>;
  /** Ends subscriptions with their result and aborts what runs. */
  close(reason: KitError): void;
}

import type { AddressInfo, Server } from "node:net";
import type { Logger } from "../../context/logger.ts";
import type { Connections } from "./connections.ts";
import { stopListening } from "./drain.ts";
import type { ResolvedHttpOptions } from "./http-options.ts";
import { listen } from "./listener.ts";

/** Where the connections of an HTTP host come from: a port of its own, or one that several processes share. */
export interface ConnectionSource {
  /**
   * Milliseconds that a connection must have been idle before a shutdown closes it. A client that sends its next request
   * at that moment fails, so it should be long where nobody waits for the end.
   */
  readonly settleMs: number;
  /** Begins to hand connections to the listener. @returns the port that clients connect to */
  open(listener: Server, options: ResolvedHttpOptions): Promise<number>;
  /** The services are up, so calls can be served. */
  ready(url: string): void;
  /** Stops without failing a connection. No answer leaves until it resolves; see {@link stopListening}. */
  close(listener: Server, connections: Connections): Promise<void>;
}

/** The usual source: the listener listens itself. */
export function ownPort(log: Logger): ConnectionSource {
  return {
    // A person waits at the terminal.
    settleMs: 200,
    async open(listener, options) {
      await listen(listener, options);
      return (listener.address() as AddressInfo).port;
    },
    ready: (url) => log.info("Listening", { url }),
    close: stopListening,
  };
}

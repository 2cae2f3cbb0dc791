import { connect as connectSocket } from "node:net";
import type { Duplex } from "node:stream";

/** Where to connect to. */
export interface ConnectTarget {
  /** The address that was checked. Nothing else may be dialled. */
  readonly address: string;
  readonly port: number;
  /** The name that the address was found under, for logs; TLS is added on top with it. */
  readonly host: string;
  /** Aborted when the connection is no longer wanted. */
  readonly signal: AbortSignal;
}

/**
 * Opens a connection to exactly this address and port. The result is used as it is for `http:`, and wrapped in TLS for
 * `https:`. When it has a `remoteAddress`, that must be the address asked for, or the connection is refused; a test that
 * leads somewhere else on purpose returns a stream without that property.
 */
export type Connect = (target: ConnectTarget) => Promise<Duplex>;

/** Opens a TCP connection. */
export async function connectTcp({ address, port, signal }: ConnectTarget): Promise<Duplex> {
  const socket = connectSocket({ host: address, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
  const abort = () => socket.destroy(new Error("The connection is no longer wanted"));
  signal.addEventListener("abort", abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve).once("error", reject);
    });
    return socket;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

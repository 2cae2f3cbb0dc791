import { once } from "node:events";
import type { Duplex } from "node:stream";
import { parseAddress } from "../address/ip-address.ts";
import { toError } from "../errors/to-error.ts";
import type { Connect } from "./connect.ts";
import { DialError } from "./dial-error.ts";

/** Milliseconds after which the next address is tried beside the one before (RFC 8305 section 5). */
const staggerMs = 250;

/** What is dialled; see {@link dialFirst}. */
export interface DialPlan {
  readonly addresses: readonly string[];
  readonly port: number;
  readonly host: string;
  /** Aborted when no connection is wanted any more. */
  readonly signal: AbortSignal;
}

/**
 * Connects to the first of some addresses that answers, one after the other and side by side where one is slow.
 * @throws DialError of the last that failed
 */
export function dialFirst(connect: Connect, { addresses, port, host, signal }: DialPlan): Promise<Duplex> {
  const attempts = new Map<string, AbortController>();
  let untried = [...addresses];
  let timer: NodeJS.Timeout | undefined;
  let isSettled = false;

  function settle(): void {
    isSettled = true;
    clearTimeout(timer);
    signal.removeEventListener("abort", settle);
    for (const attempt of attempts.values()) attempt.abort();
  }

  return new Promise<Duplex>((resolve, reject) => {
    function tryNext(): void {
      clearTimeout(timer);
      const [address, ...rest] = untried;
      if (isSettled || address === undefined) return;
      untried = rest;
      if (rest.length > 0) timer = setTimeout(tryNext, staggerMs);
      const attempt = new AbortController();
      attempts.set(address, attempt);
      dialOne(connect, { address, port, host, signal: attempt.signal }).then(
        (socket) => {
          attempts.delete(address);
          if (isSettled) return void discard(socket);
          settle();
          resolve(socket);
        },
        (error: unknown) => {
          attempts.delete(address);
          if (isSettled) return;
          if (untried.length > 0) return void tryNext();
          if (attempts.size > 0) return;
          settle();
          reject(toError(error));
        },
      );
    }

    signal.addEventListener("abort", settle, { once: true });
    if (signal.aborted) settle();
    tryNext();
  });
}

async function dialOne(connect: Connect, target: Parameters<Connect>[0]): Promise<Duplex> {
  const { address } = target;
  let socket: Duplex;
  try {
    socket = await connect(target);
  } catch (cause) {
    throw new DialError({ reason: "connect", explanation: "The connection was not made", address, cause });
  }
  await established(socket, target);
  // undici asks for a connection again, and again, at once, when it is given one that has ended.
  if ((socket as Duplex | undefined)?.destroyed !== false) {
    throw new DialError({
      reason: "connect",
      explanation: "The connection had ended when it was handed over",
      address,
    });
  }
  const { remoteAddress: peer } = socket as { remoteAddress?: unknown };
  if (peer !== undefined && !isSame(peer, address)) {
    discard(socket);
    const reached = typeof peer === "string" ? peer : "what is no address";
    throw new DialError({ reason: "peer", explanation: `Dialled ${address}, reached ${reached}`, address });
  }
  return socket;
}

/** A socket knows its peer when it is connected, and not before. */
async function established(socket: Duplex, { address, signal }: Parameters<Connect>[0]): Promise<void> {
  if ((socket as { connecting?: unknown } | undefined)?.connecting !== true) return;
  try {
    await once(socket, "connect", { signal });
  } catch (cause) {
    discard(socket);
    throw new DialError({ reason: "connect", explanation: "The connection was not made", address, cause });
  }
}

/** Ends a connection that nobody uses; it may still fail on its way out. */
export function discard(socket: Duplex): void {
  socket.on("error", () => {});
  socket.destroy();
}

function isSame(peer: unknown, address: string): boolean {
  const asked = parseAddress(address);
  const reached = typeof peer === "string" ? parseAddress(peer) : undefined;
  return asked !== undefined && reached?.version === asked.version && reached.value === asked.value;
}

import { isIP, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { buildConnector } from "undici";
import { refusedPeer } from "../address/address-rule.ts";
import { toError } from "../errors/to-error.ts";
import type { ResolvedPolicy } from "../policy/resolve-policy.ts";
import { connectTcp, type Connect } from "./connect.ts";
import { DialError } from "./dial-error.ts";
import { dialFirst, discard } from "./dial-first.ts";
import { queueLookups } from "./lookup-queue.ts";
import { openTunnel } from "./proxy-tunnel.ts";
import { systemResolver, type Resolver } from "./resolver.ts";

/** More addresses than any host needs are a way to make a fetcher busy. */
const maxAnswers = 16;

/** Names that are looked up at the same time. */
const maxLookups = 16;

/** Makes the connections of one fetcher. */
export interface Dialer {
  /** As undici wants it. */
  readonly connector: buildConnector.connector;
  /** Connections that are open, in use or not. */
  readonly open: number;
  /** Gives up the connections that are being made. */
  close(): void;
}

/**
 * The one place where connections are made, for the first request, for each redirect and for each retry: a name is resolved
 * once, every answer is checked, and what was checked is what is dialled. Nothing is resolved a second time.
 */
export function createDialer(policy: ResolvedPolicy): Dialer {
  const { addresses: rule, proxy, seams, timeouts } = policy;
  const connect: Connect = seams.connect ?? connectTcp;
  const resolve: Resolver = queueLookups(seams.resolver ?? systemResolver, {
    most: maxLookups,
    isStoppable: seams.resolver !== undefined,
  });
  // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED would turn it off otherwise.
  const secure = buildConnector({ ...(seams.tls as object), rejectUnauthorized: true, allowH2: false, timeout: 0 });
  const underWay = new Set<AbortController>();
  let open = 0;

  async function addressesOf(host: string, signal: AbortSignal): Promise<readonly string[]> {
    if (isIP(host) !== 0) return [host];
    let answers: readonly string[];
    try {
      answers = await resolve(host, { signal });
    } catch (cause) {
      throw new DialError({ reason: "dns", explanation: "The name could not be resolved", cause });
    }
    // A copy of what was answered: what is checked now must be what is dialled later.
    const addresses = Array.isArray(answers) ? [...new Set(answers.map(String))] : [];
    if (addresses.length === 0) throw new DialError({ reason: "dns", explanation: "The name has no addresses" });
    if (addresses.length > maxAnswers) {
      throw new DialError({ reason: "dns", explanation: `The name has ${addresses.length} addresses` });
    }
    return addresses;
  }

  async function dialServer(host: string, port: number, signal: AbortSignal): Promise<Duplex> {
    const addresses = await addressesOf(host, signal);
    // One address inside is enough to refuse the name: which of them is dialled would be a matter of chance.
    for (const address of addresses) {
      const refusal = refusedPeer(address, rule);
      if (refusal !== undefined) throw new DialError(refusal);
    }
    return dialFirst(connect, { addresses, port, host, signal });
  }

  async function dialThrough(
    { parsed, authorization }: NonNullable<typeof proxy>,
    authority: string,
    signal: AbortSignal,
  ) {
    const isSecure = parsed.protocol === "https:";
    const host = parsed.hostname.replace(/^\[|\]$/g, "");
    const port = Number(parsed.port) || (isSecure ? 443 : 80);
    const addresses = await addressesOf(host, signal);
    const plain = await dialFirst(connect, { addresses, port, host, signal });
    const socket = isSecure ? await startTls(plain, { hostname: host, host: parsed.host, port, signal }) : plain;
    return openTunnel(socket, { authority, authorization, signal });
  }

  async function startTls(socket: Duplex, { hostname, host, port, signal }: TlsTarget): Promise<Duplex> {
    const giveUp = () => socket.destroy();
    signal.addEventListener("abort", giveUp, { once: true });
    const target = { hostname, host, port: String(port), protocol: "https:", httpSocket: socket as Socket };
    try {
      return await new Promise<Duplex>((secured, reject) => {
        // A connection that ends in the middle of the handshake may say so on the socket underneath alone; one that ends
        // because of the handshake says so there first, and why after that.
        const ended = () => reject(new DialError({ reason: "tls", explanation: "The connection ended" }));
        socket.once("close", () => setImmediate(ended));
        secure(target, (cause, result) => {
          // Undefined when it failed, whatever its type says.
          if ((result as Socket | null | undefined) instanceof Duplex) return void secured(result as Socket);
          socket.destroy();
          reject(new DialError({ reason: "tls", explanation: "The handshake failed", cause }));
        });
      });
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  async function establish(target: buildConnector.Options, signal: AbortSignal): Promise<Duplex> {
    const { hostname, protocol } = target;
    const isSecure = protocol === "https:";
    const port = Number(target.port) || (isSecure ? 443 : 80);
    const authority = `${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}`;
    const plain =
      proxy === undefined ? await dialServer(hostname, port, signal) : await dialThrough(proxy, authority, signal);
    return isSecure ? startTls(plain, { hostname, host: target.host ?? hostname, port, signal }) : plain;
  }

  return {
    connector(target, callback) {
      const controller = new AbortController();
      underWay.add(controller);
      const timer = setTimeout(() => controller.abort(), timeouts.connect);
      const { signal } = controller;
      let isOver = false;
      const finish = (error: Error | undefined, socket?: Duplex) => {
        if (isOver) {
          if (socket !== undefined) discard(socket);
          return;
        }
        isOver = true;
        clearTimeout(timer);
        underWay.delete(controller);
        if (socket === undefined) callback(error ?? new Error("No connection"), null);
        else {
          open += 1;
          socket.once("close", () => (open -= 1));
          callback(null, socket as Socket);
        }
      };
      signal.addEventListener("abort", () => {
        finish(new DialError({ reason: "connect", explanation: `No connection within ${timeouts.connect} ms` }));
      });
      establish(target, signal).then(
        (socket) => finish(undefined, socket),
        (error: unknown) => finish(toError(error)),
      );
    },
    get open() {
      return open;
    },
    close() {
      for (const controller of underWay) controller.abort();
    },
  };
}

interface TlsTarget {
  readonly hostname: string;
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

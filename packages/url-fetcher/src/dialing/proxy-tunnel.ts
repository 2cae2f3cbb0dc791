import { request } from "node:http";
import type { Duplex } from "node:stream";
import { DialError } from "./dial-error.ts";

/** A tunnel to ask for. */
export interface TunnelRequest {
  /** Host and port of the server, as in a URL. */
  readonly authority: string;
  /** The value of `Proxy-Authorization`. */
  readonly authorization: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Asks a proxy, over a connection to it, for a tunnel to a server (RFC 9110 section 9.3.6).
 * @throws DialError when the proxy says no, or speaks before the server was asked anything
 */
export function openTunnel(socket: Duplex, { authority, authorization, signal }: TunnelRequest): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const fail = (explanation: string, cause?: unknown) => {
      socket.destroy();
      reject(new DialError({ reason: "proxy", explanation, cause }));
    };
    const ask = request({
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...(authorization !== undefined && { "proxy-authorization": authorization }) },
      createConnection: () => socket,
      maxHeaderSize: 16_384,
      signal,
    });
    ask.once("connect", ({ statusCode = 0 }, tunnel: Duplex, head: Buffer) => {
      if (statusCode < 200 || statusCode > 299) return void fail(`The proxy answered ${statusCode}`);
      if (head.length > 0) return void fail("The proxy sent more than its answer");
      resolve(tunnel);
    });
    ask.once("response", ({ statusCode = 0 }) => fail(`The proxy answered ${statusCode}`));
    ask.once("error", (cause) => fail("The proxy did not answer", cause));
    ask.end();
  });
}

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What serves a request; adapters return a promise or nothing. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Serves a request listener on a free loopback port with Node's defaults. @returns the URL of its MCP path */
export function listenOnLoopback(listener: Listener): Promise<string> {
  const server = createServer((request, response) => void listener(request, response));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`));
  });
}

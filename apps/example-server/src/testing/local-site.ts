import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A web server on loopback. */
export interface LocalSite extends AsyncDisposable {
  readonly port: number;
  /** The paths that were asked for, in order. */
  readonly requests: readonly string[];
}

/** Answers every request by `answer`, until it is disposed. */
export async function createLocalSite(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<LocalSite> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

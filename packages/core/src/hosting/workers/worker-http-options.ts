import { KitError } from "../../errors/kit-error.ts";
import type { HttpOptions } from "../http/http-options.ts";

/**
 * The options that each of several workers serves with. A legacy session lives in the memory of one process, and its
 * next request may reach another one, so legacy clients are served without sessions.
 *
 * @throws KitError `MISUSE` when sessions were asked for
 */
export function toWorkerHttpOptions(http: HttpOptions): HttpOptions {
  if (http.legacy === "sessions") {
    throw new KitError(
      "MISUSE",
      `legacy is "sessions", but a session is in the memory of one process and there are several workers; use ` +
        `legacy: "stateless", or one worker and more replicas behind a proxy that routes by Mcp-Session-Id`,
    );
  }
  return { ...http, legacy: http.legacy ?? "stateless" };
}

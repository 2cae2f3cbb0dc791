import { KitError, quote, type Call, type Middleware, type Next, type Result } from "@plinth/core";
import { trustedProxies as trust } from "./trusted-proxies.ts";

/** Options for {@link requestId}. */
export interface RequestIdOptions {
  /**
   * Header in which a proxy sends the id of the request, such as `"x-request-id"`. **Security:** ids stand in logs and
   * answers, so one that a client chooses can be that of another call; it is read of `trustedProxies` alone, and the proxy
   * must overwrite what clients send. @default none is read, the server makes every id
   */
  readonly header?: string;
  /** Addresses and ranges of the proxies that are believed, such as `["10.0.0.0/8"]`; needed with `header`. */
  readonly trustedProxies?: readonly string[];
  /** Whether results carry the id in `_meta["dev.plinth/requestId"]`, as errors do anyway. @default false */
  readonly inResult?: boolean;
}

/** What an id may consist of. No spaces, quotes or control characters: it stands in logs, answers and headers. */
const acceptable = /^[\w.:/+=@-]{1,128}$/;
const headerName = /^[!#$%&'*+.^`|~\w-]+$/;

/**
 * Takes over the id that a trusted proxy gave a request, so that both logs name it alike, and tells clients the id if they
 * are to know it. An id with other characters than letters, digits and `_.:/+=@-`, or of more than 128, is not taken over.
 *
 * @throws KitError `MISUSE` when made with a header but no proxies, or with what is no header or address
 */
export function requestId({ header, trustedProxies = [], inResult = false }: RequestIdOptions = {}): Middleware {
  if (header !== undefined && !(typeof header === "string" && headerName.test(header))) {
    throw new KitError("MISUSE", `header is ${quote(header)}; give the name of a header, such as "x-request-id"`);
  }
  if (header !== undefined && trustedProxies.length === 0) {
    throw new KitError(
      "MISUSE",
      'requestId() reads a header of trusted proxies alone; list them, such as trustedProxies: ["10.0.0.0/8"]',
    );
  }
  const isTrusted = trust(trustedProxies);

  function takeOver(call: Call, name: string): void {
    const { http } = call.context;
    if (http === undefined || !isTrusted(http.remoteAddress)) return;
    const stated = http.headers.get(name);
    if (stated !== null && acceptable.test(stated)) call.assign({ requestId: stated });
  }

  async function withId(call: Call, next: Next): Promise<Result> {
    const result = await next();
    return { ...result, _meta: { ...(result["_meta"] as object), "dev.plinth/requestId": call.context.requestId } };
  }

  return function requestId(call, next) {
    // A call inside another has the headers of the one around it, and would get the same id.
    if (header !== undefined && call.depth === 0) takeOver(call, header);
    return inResult ? withId(call, next) : next();
  };
}

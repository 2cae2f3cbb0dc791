import { failure, type UrlFetchError } from "../errors/url-fetch-error.ts";
import { quote, wrongOption } from "../errors/url-policy-error.ts";
import { addDefaults, flattened, readHeaders, type HeadersInput, type RequestHeaders } from "../policy/header-rule.ts";
import { checkedNumber } from "../policy/option-checks.ts";
import type { ResolvedPolicy } from "../policy/resolve-policy.ts";
import { readBody, type ReadyBody, type RequestBody } from "./request-body.ts";

/** Options of one fetch, in the shape of the `RequestInit` of the Fetch Standard, with some of our own. Others are ignored. */
export interface FetchInit {
  /** @default "GET" */
  readonly method?: string;
  readonly headers?: HeadersInput;
  readonly body?: RequestBody | null;
  readonly signal?: AbortSignal | null;
  /** Whether redirects are followed, returned as they are, or an error. @default "follow" */
  readonly redirect?: "follow" | "manual" | "error";
  /** Whom the request is made for: who shares a rate limit, and who stands in the audit. @default "" */
  readonly principal?: string;
  /** Milliseconds for everything; the policy's total time still holds. */
  readonly timeoutMs?: number;
  /** Bytes of the decoded body; the policy's limit still holds. */
  readonly maxBytes?: number;
}

/** The options of one fetch, read once and checked. */
export interface FetchRequest {
  readonly method: string;
  readonly headers: RequestHeaders;
  /** The same as they go out, where that is known already. */
  readonly flatHeaders?: string[];
  readonly body: ReadyBody | Promise<ReadyBody> | undefined;
  readonly signal: AbortSignal | undefined;
  readonly redirect: "follow" | "manual" | "error";
  readonly principal: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}$/;

/**
 * Reads the options of a fetch, each once, and own properties only: a getter that changes its mind and a polluted prototype
 * have no say.
 *
 * @throws UrlFetchError `INVALID_REQUEST` or `TOO_LARGE` for what comes from clients
 * @throws UrlPolicyError for what only the program can have wrong
 */
export function readFetchRequest(init: FetchInit, policy: ResolvedPolicy): FetchRequest {
  if (typeof init !== "object" || init === null) throw wrongOption("init", init, "it must be an object");
  const signal = own(init, "signal") ?? undefined;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw wrongOption("init.signal", signal, "it must be an AbortSignal");
  }
  const redirect = own(init, "redirect") ?? "follow";
  if (redirect !== "follow" && redirect !== "manual" && redirect !== "error") {
    throw wrongOption("init.redirect", redirect, 'use "follow", "manual" or "error"');
  }
  const principal = own(init, "principal") ?? "";
  if (typeof principal !== "string" || principal.length > 1024) {
    throw wrongOption("init.principal", principal, "it must be a string of at most 1024 characters");
  }
  const { decoded } = policy.limits;
  const { total } = policy.timeouts;
  const maxBytes = checkedNumber("init.maxBytes", own(init, "maxBytes"), {
    least: 0,
    most: Infinity,
    whole: false,
    fallback: decoded,
  });
  const timeoutMs = checkedNumber("init.timeoutMs", own(init, "timeoutMs"), {
    least: 1,
    most: Infinity,
    whole: false,
    fallback: total,
  });
  const method = checkedMethod(own(init, "method") ?? "GET", policy);
  const headers = readHeaders(own(init, "headers"), policy.headers);
  addDefaults(headers, policy.headers);
  const body = bodyOf(init, { method, headers, most: policy.limits.requestBody });
  return {
    method,
    headers,
    body,
    signal,
    redirect,
    principal,
    timeoutMs: Math.min(timeoutMs, total),
    maxBytes: Math.min(maxBytes, decoded),
  };
}

/** The request of every fetch without options, read once for all of them. */
export function readPlainRequest(policy: ResolvedPolicy): FetchRequest {
  const request = readFetchRequest({}, policy);
  return { ...request, flatHeaders: flattened(request.headers) };
}

function checkedMethod(method: unknown, { methods }: ResolvedPolicy): string {
  const name = typeof method === "string" && token.test(method) ? method.toUpperCase() : undefined;
  if (name !== undefined && methods.has(name)) return name;
  const message = `The method ${quote(method)} is not allowed; use ${[...methods].join(", ")}`;
  throw failure("INVALID_REQUEST", message, { reason: "method" });
}

function bodyOf(
  init: FetchInit,
  { method, headers, most }: { readonly method: string; readonly headers: Map<string, string>; readonly most: number },
): FetchRequest["body"] {
  const given = own(init, "body");
  const isGiven = given !== undefined && given !== null;
  if (isGiven && (method === "GET" || method === "HEAD")) {
    throw failure("INVALID_REQUEST", `A ${method} has no body; use another method`, { reason: "body" });
  }
  const body = isGiven ? readBody(given, most) : undefined;
  if (body instanceof Promise) {
    const ready = body.then((encoded) => described(encoded, headers));
    // A fetch that ends before it comes to its body, at a refused URL say, does not look at this again.
    ready.catch(() => {});
    return ready;
  }
  if (body !== undefined) return described(body, headers);
  described({ length: 0, type: undefined }, headers);
  return undefined;
}

/** Sets the type, and takes out the length, which must be the true one: a second message could hide behind another. */
function described<Body extends Pick<ReadyBody, "type" | "length">>(body: Body, headers: Map<string, string>): Body {
  const length = headers.get("content-length");
  headers.delete("content-length");
  if (length !== undefined && length !== String(body.length)) throw wrongLength();
  if (body.type !== undefined && !headers.has("content-type")) headers.set("content-type", body.type);
  return body;
}

function wrongLength(): UrlFetchError {
  return failure("INVALID_REQUEST", 'The header "content-length" is not the length of the body; leave it out', {
    reason: "header",
  });
}

function own<Key extends keyof FetchInit>(init: FetchInit, key: Key): FetchInit[Key] | undefined {
  return Object.hasOwn(init, key) ? init[key] : undefined;
}

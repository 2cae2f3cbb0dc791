import { hash } from "node:crypto";
import type { Call } from "@plinth/core";

/** Headers by which handlers tell apart callers whom the edge has not authenticated. */
const credentials = ["authorization", "cookie"] as const;

/**
 * What tells callers without a principal apart: their session, and a digest of the credentials that came with a request over
 * HTTP, which nobody has verified. Empty for callers who show nothing.
 */
export function anonymousKey({ context: { sessionId, http } }: Call): readonly string[] {
  const shown = credentials.map((name) => http?.headers.get(name) ?? null);
  const key = sessionId === undefined ? [] : [`session ${sessionId}`];
  if (shown.some((value) => value !== null)) key.push(hash("sha256", JSON.stringify(shown), "base64url"));
  return key;
}

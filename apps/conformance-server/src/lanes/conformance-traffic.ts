import { readFile } from "node:fs/promises";
import type { WireRequest } from "./wire-request.ts";

/**
 * The requests that the official conformance suite sends, each once, as a proxy between it and the conformance server took
 * them down. They are sent without their sessions: those are the SDK's in either lane, and the requests are not.
 */
export async function readConformanceTraffic(): Promise<readonly WireRequest[]> {
  const text = await readFile(new URL("fixtures/conformance-traffic.json", import.meta.url), "utf8");
  return JSON.parse(text) as readonly WireRequest[];
}

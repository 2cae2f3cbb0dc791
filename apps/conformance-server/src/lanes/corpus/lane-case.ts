import type { HostName } from "../lane-hosts.ts";
import type { WireRequest } from "../wire-request.ts";

/** One request that both lanes have to answer alike. */
export interface LaneCase {
  readonly name: string;
  readonly host: HostName;
  readonly request: WireRequest;
}

/** A case on the host of most cases, or on another. */
export function laneCase(name: string, request: WireRequest, host: HostName = "sessions"): LaneCase {
  return { name: `${host}: ${name}`, host, request };
}

import type { ClientCapabilities, Implementation } from "@modelcontextprotocol/server";
import { isRecord } from "../../json/is-record.ts";
import { envelopeProblem } from "../../protocol/envelope.ts";
import { LEGACY_PROTOCOL_VERSIONS, type ClientInfo } from "../../protocol/eras.ts";
import type { RawParams } from "../../protocol/json-rpc.ts";
import { metaKeys } from "../../protocol/meta-keys.ts";
import type { HostedServer } from "../hosted-server.ts";

/** What a legacy client and the server agreed on. */
export interface Handshake {
  readonly protocolVersion: string;
  readonly client: ClientInfo;
}

/**
 * Reads the parameters of `initialize` (MCP 2025-11-25, lifecycle, initialization), or gives `undefined` for those that
 * are none. A version that is not served is answered with the newest one that is; whether to go on is for the client.
 * The parts are those that the modern era sends with each request, so the same guard reads them.
 */
export function readHandshake(params: RawParams | undefined): Handshake | undefined {
  const { protocolVersion, clientInfo, capabilities } = params ?? {};
  const problem = envelopeProblem({
    [metaKeys.protocolVersion]: protocolVersion,
    [metaKeys.clientInfo]: clientInfo,
    [metaKeys.clientCapabilities]: capabilities,
  });
  if (problem !== undefined || !isRecord(clientInfo)) return undefined;
  const asked = protocolVersion as string;
  return {
    protocolVersion: LEGACY_PROTOCOL_VERSIONS.includes(asked) ? asked : (LEGACY_PROTOCOL_VERSIONS[0] as string),
    client: { info: clientInfo as unknown as Implementation, capabilities: capabilities as ClientCapabilities },
  };
}

/** The result of `initialize`, as JSON. */
export function handshakeResult(
  protocolVersion: string,
  capabilities: object,
  { info, instructions }: Pick<HostedServer, "info" | "instructions">,
): string {
  return JSON.stringify({ protocolVersion, capabilities, serverInfo: info, ...(instructions && { instructions }) });
}

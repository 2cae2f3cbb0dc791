import { orderSample } from "./order-sample.ts";
import { calledToolName, type Workload } from "./workload.ts";

/** The revision of modern requests. */
export const modernRevision = "2026-07-28";

/** The first id of a load. Ids have seven digits, so that every request of a load has the same length. */
export const firstId = 1_000_000;

/** Makes the requests of a workload. */
export interface Requests {
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON-RPC message with an id; an echo's message carries it, too, so that no answer fits another request. */
  readonly body: (id: number) => string;
}

/** Stands for the id in the rendered template; no workload sends it otherwise. */
const idSlot = 7_777_777;

/** Renders a workload's request once; a load then only puts in the ids. */
export function createRequests(workload: Workload): Requests {
  const message = { jsonrpc: "2.0", id: idSlot, method: methodOf(workload), params: paramsOf(workload) };
  const parts = JSON.stringify(message).split(String(idSlot));
  return { headers: headersOf(workload), body: (id) => parts.join(String(id)) };
}

/** What an echo is asked to send back. */
export function messageOf(id: number): string {
  return `message ${id} of the benchmark`;
}

/** The messages that open a stdio connection, in order; the legacy era has a handshake. */
export function openingMessages({
  era,
  legacyRevision,
}: Workload): { readonly request: string; readonly afterwards: string } | undefined {
  if (era === "modern") return undefined;
  const params = { protocolVersion: legacyRevision, capabilities: {}, clientInfo: { name: "bench", version: "1" } };
  return {
    request: JSON.stringify({ jsonrpc: "2.0", id: firstId - 1, method: "initialize", params }),
    afterwards: JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }),
  };
}

/** The `_meta` that every modern request carries (MCP 2026-07-28, basic, `_meta`). */
export const modernMeta: Readonly<Record<string, unknown>> = {
  "io.modelcontextprotocol/protocolVersion": modernRevision,
  "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

function methodOf({ operation }: Workload): string {
  return operation === "call" ? "tools/call" : "tools/list";
}

function paramsOf(workload: Workload): object | undefined {
  const call =
    workload.operation === "call" ? { name: calledToolName(workload), arguments: argumentsOf(workload) } : {};
  const meta = {
    ...(workload.called === "run_task" && { progressToken: idSlot }),
    ...(workload.era === "modern" && modernMeta),
  };
  const params = { ...call, ...(Object.keys(meta).length > 0 && { _meta: meta }) };
  return Object.keys(params).length > 0 ? params : undefined;
}

function argumentsOf({ called }: Workload): object {
  if (called === "create_order") return orderSample;
  if (called === "make_report") return { topic: "sales" };
  return { message: messageOf(idSlot) };
}

function headersOf(workload: Workload): Record<string, string> {
  return {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    ...(workload.credentials !== undefined && { authorization: `Bearer ${workload.credentials.token}` }),
    "mcp-protocol-version": workload.era === "modern" ? modernRevision : workload.legacyRevision,
    ...(workload.era === "modern" && {
      "mcp-method": methodOf(workload),
      ...(workload.operation === "call" && { "mcp-name": calledToolName(workload) }),
    }),
  };
}

import { envelope, type HeaderChanges } from "../wire-request.ts";

/** Headers that go with a {@link frame} of the modern era. */
export const frameHeaders: HeaderChanges = {
  "MCP-Protocol-Version": "2026-07-28",
  "Mcp-Method": "tools/call",
  "Mcp-Name": "inspect",
};

/** The envelope as JSON text. */
export const envelopeText: string = JSON.stringify(envelope);

/** JSON texts of a message's members; what is given as `undefined` is left out. */
export interface Frame {
  readonly jsonrpc?: string | undefined;
  readonly id?: string;
  readonly method?: string | undefined;
  /** Instead of the usual ones. */
  readonly params?: string | undefined;
  readonly meta?: string;
  readonly extra?: string;
}

/** A call of `inspect` as JSON text, because an object literal could not say most of what a client can. */
export function frame({ meta: sent, extra, ...given }: Frame): string {
  const usual = `{"name":"inspect"${sent === undefined ? "" : `,"_meta":${sent}`}}`;
  const members: Readonly<Record<string, string | undefined>> = {
    jsonrpc: "jsonrpc" in given ? given.jsonrpc : '"2.0"',
    id: given.id ?? "1",
    method: "method" in given ? given.method : '"tools/call"',
    params: "params" in given ? given.params : usual,
  };
  const texts = Object.entries(members).flatMap(([name, text]) => (text === undefined ? [] : [`"${name}":${text}`]));
  return `{${[...texts, ...(extra === undefined ? [] : [extra])].join()}}`;
}

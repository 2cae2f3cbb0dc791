import type { Attributes } from "@opentelemetry/api";
import type { Call } from "@plinth/core";
import { attributeNames } from "./attribute-names.ts";

/** What stands for a method that nobody serves: its name is the client's, and could be another each time. */
export const otherMethod = "_OTHER";

/** Characters of a JSON-RPC id that are shown; clients choose it. */
const maxMessageId = 128;

/** Characters of a URI that are shown. */
const maxUri = 512;

/** How methods are named; anything else is a client's invention. */
const methodName = /^[a-zA-Z][\w./-]{0,63}$/;

/** The name of a call's span: few enough to group by, since nothing in it is the client's. */
export function spanName({ method, target }: Call): string {
  const name = methodName.test(method) ? method : otherMethod;
  return target?.kind === "tool" || target?.kind === "prompt" ? `${name} ${target.name}` : name;
}

/** What a sampler may decide by. */
export function startAttributes({ method, target }: Call): Attributes {
  const attributes: Attributes = { [attributeNames.method]: methodName.test(method) ? method : otherMethod };
  if (target?.kind === "tool") {
    attributes[attributeNames.toolName] = target.name;
    if (method === "tools/call") attributes[attributeNames.operation] = "execute_tool";
  }
  if (target?.kind === "prompt") attributes[attributeNames.promptName] = target.name;
  return attributes;
}

/** The rest, for a span that is recorded. */
export function recordedAttributes({ method, params, context, depth }: Call, withSession: boolean): Attributes {
  const attributes: Attributes = { [attributeNames.protocolVersion]: context.protocolVersion };
  // Of what a handler asks for in turn, no client has chosen one.
  if (depth === 0) attributes[attributeNames.messageId] = String(context.messageId).slice(0, maxMessageId);
  if (withSession && context.sessionId !== undefined) attributes[attributeNames.sessionId] = context.sessionId;
  const uri = method.startsWith("resources/") ? params["uri"] : undefined;
  if (typeof uri === "string") attributes[attributeNames.resourceUri] = withoutDetails(uri);
  if (context.transport === "http") {
    attributes[attributeNames.networkTransport] = "tcp";
    attributes[attributeNames.networkProtocol] = "http";
  }
  if (context.transport === "stdio") attributes[attributeNames.networkTransport] = "pipe";
  return attributes;
}

/** A URI without user information, query and fragment, where credentials stand. */
function withoutDetails(uri: string): string {
  const end = uri.search(/[?#]/);
  const short = (end === -1 ? uri : uri.slice(0, end)).slice(0, maxUri);
  return short.replace(/^([\w+.-]+:\/\/)[^/]*@/, "$1");
}

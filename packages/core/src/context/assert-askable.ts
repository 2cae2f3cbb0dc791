import type { ClientCapabilities } from "@modelcontextprotocol/server";
import { KitError } from "../errors/kit-error.ts";
import { isRecord } from "../json/is-record.ts";
import type { Incoming } from "../protocol/incoming.ts";
import type { Question, RequiredCapability } from "./question.ts";

/** The operations that may ask the client (MCP 2026-07-28, multi round trip requests, supported requests). */
export const askingMethods: ReadonlySet<string> = new Set(["tools/call", "prompts/get", "resources/read"]);

/**
 * Lets a question pass if its operation may ask, the exchange carries questions, and the client declared the
 * capability.
 *
 * @throws KitError `MISUSE` in an operation that may not ask, `FAILED` in a call inside another; in the modern era
 * `CLIENT_CAPABILITY_MISSING`, in the legacy era, which has no number for it, `FAILED`, so that a tool's caller can read
 * it; both with `data.requiredCapabilities`
 */
export function assertAskable({ method, capability }: Question<unknown>, incoming: Incoming): void {
  if (!askingMethods.has(incoming.method)) {
    throw new KitError("MISUSE", `${incoming.method} cannot ask the client; only ${[...askingMethods].join(", ")} can`);
  }
  if (incoming.depth !== undefined) {
    throw new KitError(
      "FAILED",
      `This needs ${method}, which a call inside another call cannot do; have the client make this call itself`,
    );
  }
  const { name, part } = capability;
  const data = { requiredCapabilities: { [name]: part === undefined ? {} : { [part]: {} } } };
  if (incoming.era === "legacy" && incoming.requestClient === undefined) {
    throw new KitError(
      "FAILED",
      `This needs ${method}, which a connection without a session cannot carry; connect with a session, ` +
        "or with a client of MCP 2026-07-28",
      { data },
    );
  }
  if (declares(incoming.client.capabilities, capability)) return;
  const wanted = part === undefined ? name : `${name}.${part}`;
  throw new KitError(
    incoming.era === "legacy" ? "FAILED" : "CLIENT_CAPABILITY_MISSING",
    `This needs ${method}, but the client did not declare the capability ${wanted}; use a client that has it`,
    { data },
  );
}

/**
 * Whether the client declared a capability. An empty `elicitation: {}` means forms, as it did before there were modes
 * (MCP 2026-07-28, elicitation, capabilities).
 */
function declares(capabilities: ClientCapabilities | undefined, { name, part }: RequiredCapability): boolean {
  const declared: unknown = capabilities?.[name];
  if (!isRecord(declared)) return false;
  if (part === undefined || isRecord(declared[part])) return true;
  return part === "form" && declared["form"] === undefined && declared["url"] === undefined;
}

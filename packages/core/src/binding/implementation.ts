import type { Icon, Implementation } from "@modelcontextprotocol/server";
import { KitError } from "../errors/kit-error.ts";

/** What a server says about itself, to programs and to people. */
export interface ServerIdentity {
  /** For programs: what the server is called. */
  readonly name: string;
  readonly version: string;
  /** For people. */
  readonly title?: string;
  readonly description?: string;
  readonly websiteUrl?: string;
  readonly icons?: readonly Icon[];
}

/**
 * A server's identity as it stands on the wire.
 * @throws KitError `MISUSE` for a name or version that is missing or empty
 */
export function toImplementation(identity: ServerIdentity): Implementation {
  const { name, version, title, description, websiteUrl, icons } = identity;
  for (const [field, text] of Object.entries({ name, version })) {
    if (typeof text === "string" && text !== "") continue;
    throw new KitError("MISUSE", `createServer() needs "${field}", a text that is not empty`);
  }
  return {
    name,
    version,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(websiteUrl !== undefined && { websiteUrl }),
    ...(icons !== undefined && { icons: [...icons] }),
  };
}

import { lookup } from "node:dns/promises";

/**
 * Finds the addresses of a host name. All of them are checked, and only they are dialled.
 *
 * @param host Canonical: lower case, IDNA, without trailing dot.
 * @param options The signal is aborted when nobody waits any longer; stop then, since another name is looked up instead.
 * @returns Textual IP addresses, the preferred one first; none when there is no such name. Rejecting means the same.
 */
export type Resolver = (host: string, options: { readonly signal: AbortSignal }) => Promise<readonly string[]>;

/** The operating system's resolver: hosts file, search list and all. */
export async function systemResolver(host: string): Promise<readonly string[]> {
  const answers = await lookup(host, { all: true, order: "verbatim" });
  return answers.map(({ address }) => address);
}

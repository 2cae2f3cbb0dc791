import type { CatalogEntry } from "@plinth/core";

/** How bad it is: `error` breaks clients or endangers users, `warning` costs quality, `info` is worth knowing. */
export type Severity = "error" | "warning" | "info";

/** All of them, the worst first. */
export const severities: readonly Severity[] = ["error", "warning", "info"];

/** What a finding is about. */
export interface FoundComponent {
  readonly kind: CatalogEntry["kind"] | "server";
  /** As in the catalog, but with secrets masked: a tool's or prompt's name, a resource's URI, a template; the server's name. */
  readonly name: string;
}

/** One thing that a rule found. */
export interface Finding {
  /** The rule's id; stable. */
  readonly rule: string;
  readonly severity: Severity;
  readonly component: FoundComponent;
  /** Where the component was defined, as `src/tools/search.ts:12`, when that is known. */
  readonly origin?: string;
  /** What was found, with the value in question. One line; secrets are masked, invisible characters written out. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

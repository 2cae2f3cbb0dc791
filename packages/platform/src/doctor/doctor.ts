import type { AnyPlinthServer } from "@plinth/core";
import type { DoctorOptions } from "./doctor-options.ts";
import type { Finding, Severity } from "./finding.ts";

/** A finding that {@link DoctorOptions.ignore} names. */
export interface IgnoredFinding extends Finding {
  /** Why it is accepted. */
  readonly reason: string;
}

/** What the doctor looked at. */
export interface Checked {
  readonly server: string;
  readonly rules: number;
  readonly tools: number;
  readonly prompts: number;
  readonly resources: number;
  readonly resourceTemplates: number;
  /** Bytes of all tools in `tools/list`. */
  readonly toolBytes: number;
  /** Tokens that a model is likely to need for them. */
  readonly toolTokens: number;
}

/** What {@link doctor} found. */
export interface DoctorReport {
  /** The worst first, then in the order of the rules and the catalog; at most 500 of a rule. */
  readonly findings: readonly Finding[];
  readonly ignored: readonly IgnoredFinding[];
  /** All findings, also those that are too many to be listed; ignored ones do not count. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** Whether nothing was found that is as bad as {@link DoctorOptions.failOn}. */
  readonly ok: boolean;
  readonly failOn: "error" | "warning";
  readonly checked: Checked;
}

/**
 * Examines what a server offers for the known anti-patterns of MCP servers. The server need not have been started; nothing is
 * started, called or closed. Source files of components are read, when the optional `oxc-parser` is installed.
 *
 * @throws KitError `MISUSE` for an option that cannot be, such as a rule that there is not
 */
export async function doctor(server: AnyPlinthServer, options: DoctorOptions = {}): Promise<DoctorReport> {
  // Loaded when it is asked for: every production server has this package, and hardly one the need of its rules.
  const { applyRules } = await import("./apply-rules.ts");
  return applyRules(server, options);
}

import type { Credentials } from "./credentials.ts";

/** Protocol era of the requests: `modern` is 2026-07-28, `legacy` is 2025-11-25 without a session. */
export type Era = "modern" | "legacy";

/** Tools that a workload can call besides the echoes that fill the list. */
export type CalledTool = "echo" | "create_order" | "make_report" | "run_task";

/** What a server is to offer and what is asked of it: every contestant gets the same. */
export interface Workload {
  readonly era: Era;
  /** The revision that a legacy request names. */
  readonly legacyRevision: string;
  readonly operation: "call" | "list";
  /** Tools in the server's list, the called one among them. */
  readonly tools: number;
  readonly called: CalledTool;
  /** Bytes of the text that `make_report` returns. */
  readonly reportBytes: number;
  /** No-op middleware around each call. */
  readonly middleware: number;
  /** What a caller shows and what it is checked with; without it nobody is asked. */
  readonly credentials?: Credentials;
}

/** The workload with everything at its plainest, and what differs. */
export function defineWorkload(differences: Partial<Workload> = {}): Workload {
  return {
    era: "modern",
    legacyRevision: "2025-11-25",
    operation: "call",
    tools: 50,
    called: "echo",
    reportBytes: 0,
    middleware: 0,
    ...differences,
  };
}

/** The tool that a workload calls; an echo stands in the middle of the list, where a search would take average time. */
export function calledToolName({ called, tools }: Workload): string {
  return called === "echo" ? echoName(Math.floor(tools / 2)) : called;
}

/** The name of the echo at a place in the list. */
export function echoName(index: number): string {
  return `echo_${index}`;
}

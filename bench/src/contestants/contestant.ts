import type { Era } from "../workloads/workload.ts";

/** What a case needs of a contestant besides serving tools. */
export type Ability =
  | "http"
  | "stdio"
  | "memory"
  | "middleware"
  | "progress"
  | "list"
  | "listen"
  | "cold-start"
  | "part";

/** What packages that stand alone are measured at. */
export type Part = "fetching" | "files" | "running";

/** A program that serves ten tools over stdio and does nothing else. */
export interface ColdStartProgram {
  /** In plain JavaScript: stripping types costs a start what users do not pay. */
  readonly script?: URL;
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** False for a program that only ends. @default true */
  readonly serves?: boolean;
}

/** One server under measurement. */
export interface Contestant {
  /** As it is named on the command line and in the results. */
  readonly name: string;
  readonly title: string;
  /** The module of its process; it calls `serveContestant`. Without one it takes part in the cold starts alone. */
  readonly module?: URL;
  /** Told to the module, for contestants that share one. */
  readonly variant?: string;
  /** The program whose start is measured. */
  readonly coldStart?: ColdStartProgram;
  /** Takes part only in the cases that ask for it by name. */
  readonly special?: boolean;
  /** What it is a part of a server for; it takes part in the cases of that alone. */
  readonly part?: Part;
  /** The packages whose versions the results record. */
  readonly packages: readonly string[];
  /** Which documented set-up is used, and what was chosen in it. */
  readonly setup: string;
  /** The eras it answers without a session, the newest first. */
  readonly eras: readonly Era[];
  /** The revision it is asked in where others are in 2025-11-25. */
  readonly legacyRevision?: string;
  /** What it cannot do, each with the reason that stands in its cell. Everything else is tried. */
  readonly cannot: Readonly<Partial<Record<Ability | Era, string>>>;
}

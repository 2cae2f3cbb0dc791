/** One run of the official suite, and what has to come out. */
export interface ConformanceSet {
  readonly name: string;
  /** The package that runs it: the current suite, or its first line. */
  readonly suite: "@modelcontextprotocol/conformance" | "conformance-first";
  /** Arguments that choose the scenarios. */
  readonly select: readonly string[];
  /** Checks that pass. One fewer is as wrong as a failure: a check that is not made proves nothing. */
  readonly passes: number;
  /**
   * Scenarios that today fail a check, or skip one because the server lacks what they are about. One that passes is a
   * deviation too, so that this list cannot go stale.
   */
  readonly expectedFailures: readonly string[];
  /** What the suite exits with. Failures of extensions count, except where it runs a revision's requirements. */
  readonly exitCode: 0 | 1;
}

/** MCP extension io.modelcontextprotocol/tasks. */
const tasks: readonly string[] = [
  "tasks-lifecycle",
  "tasks-capability-negotiation",
  "tasks-wire-fields",
  "tasks-request-state-removal",
  "tasks-mrtr-input",
  "tasks-request-headers",
  "tasks-dispatch-and-envelope",
  "tasks-status-notifications",
  "tasks-required-task-error",
  "tasks-mrtr-composition",
];

/** MCP extension io.modelcontextprotocol/skills. */
const skills: readonly string[] = [
  "sep-2640-skills-directory",
  "sep-2640-skills-enumeration",
  "sep-2640-skills-manifest",
];

/** Every set that the server has to pass. */
export const conformanceSets: readonly ConformanceSet[] = [
  {
    name: "all, 2025-11-25",
    suite: "@modelcontextprotocol/conformance",
    select: ["--suite", "all", "--spec-version", "2025-11-25"],
    passes: 84,
    expectedFailures: [],
    exitCode: 0,
  },
  {
    name: "all, 2026-07-28",
    suite: "@modelcontextprotocol/conformance",
    select: ["--suite", "all", "--spec-version", "2026-07-28"],
    passes: 152,
    expectedFailures: [],
    exitCode: 0,
  },
  {
    name: "requirements of 2025-11-25",
    suite: "@modelcontextprotocol/conformance",
    select: ["--requirements", "2025-11-25"],
    passes: 84,
    expectedFailures: [],
    exitCode: 0,
  },
  {
    name: "requirements of 2026-07-28",
    suite: "@modelcontextprotocol/conformance",
    select: ["--requirements", "2026-07-28"],
    passes: 152,
    expectedFailures: tasks,
    exitCode: 0,
  },
  {
    name: "all, with extensions",
    suite: "@modelcontextprotocol/conformance",
    select: ["--suite", "all"],
    passes: 187,
    expectedFailures: [...tasks, ...skills],
    exitCode: 1,
  },
  {
    name: "0.1.16, all",
    suite: "conformance-first",
    select: ["--suite", "all"],
    passes: 44,
    expectedFailures: [],
    exitCode: 0,
  },
];

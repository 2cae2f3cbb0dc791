import type { ServerHealth } from "../health/server-health.ts";
import type { MetricFamily } from "./metric-family.ts";

/** What one process knows of itself. */
export interface ProcessSnapshot {
  /** Its calls, events and resources. */
  readonly families: readonly MetricFamily[];
  /** What its server holds open; a primary's serves nothing, so there this means nothing. */
  readonly server: readonly MetricFamily[];
  readonly health: ServerHealth;
}

/** How the processes of one server tell each other their metrics. */
export interface WorkerRelay {
  /** Whether this is a primary with workers, which has nothing to tell of itself. */
  readonly leads: boolean;
  /**
   * The snapshots of every process that serves; its own alone where there are no others. Rejects in a worker whose
   * primary does not answer: half of the counts would look like a restart.
   */
  collect(): Promise<readonly ProcessSnapshot[]>;
  /** Ends the relaying. A worker leaves its counts with the primary. */
  close(): Promise<void>;
}

/** What both ends of a relay are made of. */
export interface RelayOptions {
  /** Reads this process's own. */
  readonly own: () => Promise<ProcessSnapshot>;
  /** Milliseconds to wait for a worker; what it said last stands for one that is late. */
  readonly timeoutMs: number;
}

/** What processes say to each other about metrics; core's own messages have another key. */
export type RelayMessage =
  | { readonly plinthMetrics: "hello" }
  | { readonly plinthMetrics: "collect"; readonly id: number }
  | { readonly plinthMetrics: "collected"; readonly id: number; readonly snapshot: ProcessSnapshot }
  | { readonly plinthMetrics: "leaving"; readonly snapshot: ProcessSnapshot }
  | { readonly plinthMetrics: "ask"; readonly id: number }
  | { readonly plinthMetrics: "answer"; readonly id: number; readonly all: readonly ProcessSnapshot[] };

/** Told apart from what others send through the same channel. */
export function isRelayMessage(message: unknown): message is RelayMessage {
  return typeof message === "object" && message !== null && "plinthMetrics" in message;
}

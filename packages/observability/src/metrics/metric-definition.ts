/** How the values of several processes become one. */
export type MergeRule = "sum" | "max" | "min" | "first";

/** Which events of `server.events` a metric counts. */
export interface CountedEvents {
  /** The parts that publish them. */
  readonly parts: readonly string[];
  /** What the parts did. @default everything */
  readonly actions?: readonly string[];
  /** For a gauge: its value after each action. */
  readonly states?: Readonly<Record<string, number>>;
  /** For a counter: the label that has the event's value, a whole number of which there are few, such as a status. */
  readonly valueLabel?: string;
}

/** One metric: all that registration, dashboards, alerts and the reference page know of it. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** One sentence. */
  readonly help: string;
  readonly labels: readonly string[];
  readonly unit?: "seconds" | "bytes";
  /** Upper bounds of a histogram, rising. */
  readonly buckets?: readonly number[];
  readonly merge: MergeRule;
  /** For a metric that comes out of events; others are measured. */
  readonly events?: CountedEvents;
}

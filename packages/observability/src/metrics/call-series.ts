import type { CallOutcome, CatalogEntry } from "@plinth/core";
import { measuredMetrics } from "./definitions.ts";
import { DurationBuckets } from "./duration-buckets.ts";
import { toFamily, type MetricFamily } from "./metric-family.ts";
import { otherTarget, type TargetNames } from "./target-names.ts";

/** The methods of the specification; a client may send any text as a method, and it must not become a label. */
const standardMethods = [
  "completion/complete",
  "initialize",
  "logging/setLevel",
  "ping",
  "prompts/get",
  "prompts/list",
  "resources/list",
  "resources/read",
  "resources/subscribe",
  "resources/templates/list",
  "resources/unsubscribe",
  "server/discover",
  "subscriptions/listen",
  "tasks/cancel",
  "tasks/get",
  "tasks/list",
  "tasks/result",
  "tools/call",
  "tools/list",
];

/** The methods that address something; without a target, the client named something that there is not. */
const addressing: ReadonlySet<string> = new Set(["completion/complete", "prompts/get", "resources/read", "tools/call"]);

/** How methods are named. */
const methodName = /^[a-zA-Z][\w./-]{0,63}$/;

/** The most extension methods that are told apart. */
const maxMethods = 100;

/** Calls of one method to one target. */
export interface CallSeries {
  readonly target: string;
  inFlight: number;
  /** Of those that ended `ok`, as most do. */
  readonly succeeded: DurationBuckets;
  /** Of those that ended otherwise: an outcome that there never was costs nothing. */
  readonly others: Map<CallOutcome, DurationBuckets>;
  readonly errors: Map<string, number>;
}

interface MethodSeries {
  readonly addresses: boolean;
  /** The short way for the names that have a label. */
  readonly byName: Map<string, CallSeries>;
  readonly byLabel: Map<string, CallSeries>;
}

/** Knows the series of every call, by words of the server alone. */
export class CallSeriesMap {
  readonly #names: TargetNames;
  readonly #buckets: readonly number[];
  readonly #methods: Map<string, MethodSeries>;
  readonly #unknown: MethodSeries = emptySeries(false);

  constructor(names: TargetNames, buckets: readonly number[]) {
    this.#names = names;
    this.#buckets = buckets;
    this.#methods = new Map(standardMethods.map((method) => [method, emptySeries(addressing.has(method))]));
  }

  find(method: string, target: CatalogEntry | undefined): CallSeries {
    const series = this.#methods.get(method) ?? this.#unknown;
    const found = series.byName.get(target === undefined ? "" : target.name);
    return found ?? this.#add(series, target);
  }

  /** The durations of the calls that ended so. */
  durations({ succeeded, others }: CallSeries, outcome: CallOutcome): DurationBuckets {
    if (outcome === "ok") return succeeded;
    let buckets = others.get(outcome);
    if (buckets === undefined) others.set(outcome, (buckets = new DurationBuckets(this.#buckets)));
    return buckets;
  }

  /**
   * A method that has answered is one of the server's: from now on it has series of its own. One that a middleware answers,
   * whatever its name, is the client's text, so that it must at least look like a method.
   */
  learn(method: string): void {
    if (this.#methods.has(method) || this.#methods.size >= maxMethods || !methodName.test(method)) return;
    this.#methods.set(method, emptySeries(false));
  }

  families(): MetricFamily[] {
    const { callDuration, callErrors, targetCallsInFlight } = measuredMetrics;
    const all = [...this.#methods, [otherTarget, this.#unknown] as const].flatMap(([method, { byLabel }]) =>
      [...byLabel.values()].map((series) => ({ method, ...series })),
    );
    return [
      toFamily(
        callDuration,
        all.flatMap(({ method, target, succeeded, others }) =>
          [["ok", succeeded] as const, ...others].flatMap(([outcome, buckets]) =>
            buckets.empty ? [] : buckets.samples(callDuration.name, { method, target, outcome }),
          ),
        ),
      ),
      toFamily(
        callErrors,
        all.flatMap(({ method, target, errors }) =>
          [...errors].map(([code, value]) => ({ labels: { method, target, code }, value })),
        ),
      ),
      toFamily(
        targetCallsInFlight,
        all.map(({ method, target, inFlight }) => ({ labels: { method, target }, value: inFlight })),
      ),
    ];
  }

  #add({ addresses, byName, byLabel }: MethodSeries, target: CatalogEntry | undefined): CallSeries {
    const label = target === undefined && addresses ? otherTarget : this.#names.labelOf(target);
    let series = byLabel.get(label);
    if (series === undefined) {
      series = {
        target: label,
        inFlight: 0,
        succeeded: new DurationBuckets(this.#buckets),
        others: new Map(),
        errors: new Map(),
      };
      byLabel.set(label, series);
    }
    // A name beyond the limit is not kept: there may be any number of them, one after the other.
    if (target === undefined) byName.set("", series);
    else if (label !== otherTarget) byName.set(target.name, series);
    return series;
  }
}

function emptySeries(addresses: boolean): MethodSeries {
  return { addresses, byName: new Map(), byLabel: new Map() };
}

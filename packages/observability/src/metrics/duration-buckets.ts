import { openTelemetry } from "../open-telemetry.ts";
import type { Sample, SampleExemplar } from "./metric-family.ts";

/** Milliseconds for which a bucket keeps its exemplar before a newer one may take its place. */
const exemplarMs = 1_000;

/**
 * The counts of one series of a histogram. prom-client's own would look up a hash of its labels with each value, which
 * costs more than the rest of the middleware; the values are handed to it when somebody asks.
 */
export class DurationBuckets {
  readonly #bounds: readonly number[];
  /** One more than there are bounds: for what is above all of them. */
  readonly #counts: Float64Array;
  #exemplars: (SampleExemplar | undefined)[] | undefined;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** @param seconds What is no number, or negative, is left out. */
  observe(seconds: number): number {
    if (!(seconds >= 0 && seconds < Infinity)) return -1;
    const bounds = this.#bounds;
    let index = 0;
    while (index < bounds.length && seconds > (bounds[index] as number)) index += 1;
    this.#counts[index] = (this.#counts[index] as number) + 1;
    this.#sum += seconds;
    return index;
  }

  /** Like {@link observe}, and remembers the trace that is sampled now. */
  observeWithExemplar(seconds: number): void {
    const index = this.observe(seconds);
    const api = openTelemetry();
    const context = api?.trace.getActiveSpan()?.spanContext();
    if (api === undefined || context === undefined || index < 0) return;
    if ((context.traceFlags & api.TraceFlags.SAMPLED) === 0 || !api.isSpanContextValid(context)) return;
    const timestamp = Date.now() / 1_000;
    const exemplars = (this.#exemplars ??= []);
    const known = exemplars[index];
    if (known !== undefined && timestamp - known.timestamp < exemplarMs / 1_000) return;
    exemplars[index] = { labelSet: { trace_id: context.traceId, span_id: context.spanId }, value: seconds, timestamp };
  }

  get empty(): boolean {
    return this.#counts.every((count) => count === 0);
  }

  /** Its values as a scraper reads them: cumulative, with sum and count. */
  samples(name: string, labels: Readonly<Record<string, string>>): Sample[] {
    const samples: Sample[] = [];
    let count = 0;
    for (const [index, own] of this.#counts.entries()) {
      count += own;
      const exemplar = this.#exemplars?.[index];
      samples.push({
        metricName: `${name}_bucket`,
        labels: { le: this.#bounds[index] ?? "+Inf", ...labels },
        value: count,
        ...(exemplar !== undefined && { exemplar }),
      });
    }
    samples.push({ metricName: `${name}_sum`, labels, value: this.#sum });
    samples.push({ metricName: `${name}_count`, labels, value: count });
    return samples;
  }
}

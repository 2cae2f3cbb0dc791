import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DurationBuckets } from "./duration-buckets.ts";
import { countsOf, mergeFamilies } from "./merge-families.ts";
import type { MetricFamily } from "./metric-family.ts";

/** One process's histogram of some durations, in whole milliseconds so that sums are exact. */
function histogram(durations: readonly number[]): MetricFamily {
  const buckets = new DurationBuckets([8, 64, 512]);
  for (const duration of durations) buckets.observe(duration);
  return { name: "h", help: "h", type: "histogram", aggregator: "sum", values: buckets.samples("h", { target: "t" }) };
}

function gauge(value: number, aggregator: MetricFamily["aggregator"]): MetricFamily {
  return { name: "g", help: "g", type: "gauge", aggregator, values: [{ labels: {}, value }] };
}

describe("the metrics of several processes", () => {
  it("are those of one process that had all of the calls", () => {
    const durations = fc.array(fc.array(fc.nat(1_000), { maxLength: 20 }), { minLength: 1, maxLength: 5 });

    fc.assert(
      fc.property(durations, (workers) => {
        const merged = mergeFamilies(workers.map((own) => [histogram(own)]));

        expect(merged).toStrictEqual([histogram(workers.flat())]);
      }),
    );
  });

  it.each<[MetricFamily["aggregator"], number[]]>([
    ["sum", [6]],
    ["max", [3]],
    ["min", [1]],
    ["average", [2]],
    ["first", [1]],
    ["omit", []],
  ])("are put together by %s", (aggregator, expected) => {
    const merged = mergeFamilies([1, 2, 3].map((value) => [gauge(value, aggregator)]));

    expect(merged.flatMap(({ values }) => values.map(({ value }) => value))).toStrictEqual(expected);
  });

  it("are one series for one set of labels, in whatever order the labels stand", () => {
    const labelled = (labels: MetricFamily["values"][number]["labels"]): MetricFamily => ({
      ...gauge(1, "sum"),
      values: [{ labels, value: 1 }],
    });

    const merged = mergeFamilies([
      [labelled({ a: "1", b: "2" })],
      [labelled({ b: "2", a: "1" })],
      [labelled({ a: '1","b":"2' })],
    ]);

    expect(merged[0]?.values.map(({ value }) => value)).toStrictEqual([2, 1]);
  });

  it("keep the newest exemplar", () => {
    const traced = (timestamp: number): MetricFamily => ({
      ...gauge(1, "sum"),
      values: [{ labels: {}, value: 1, exemplar: { labelSet: { trace_id: String(timestamp) }, value: 1, timestamp } }],
    });

    const merged = mergeFamilies([[traced(1)], [traced(3)], [traced(2)]]);

    expect(merged[0]?.values[0]?.exemplar?.timestamp).toBe(3);
  });

  it("leave counts behind when a process ends, and no gauge", () => {
    const left = countsOf([histogram([1]), gauge(5, "sum"), gauge(5, "max")]);

    expect(left.map(({ name }) => name)).toStrictEqual(["h"]);
  });
});

it.each([Number.NaN, Infinity, -Infinity, -1])("a duration of %d is left out", (seconds) => {
  const buckets = new DurationBuckets([1]);

  buckets.observe(seconds);

  expect(buckets.empty).toBe(true);
});

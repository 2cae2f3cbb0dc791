import { quantileSorted } from "simple-statistics";
import type { ContestantProcess } from "../measure/contestant-process.ts";
import type { LoadGenerator } from "../measure/load.ts";
import type { OpenSubject, Sample } from "../measure/rotation.ts";
import type { Effort, Metric } from "./case.ts";

/** What every case under load measures. */
export const loadMetrics: readonly [Metric, ...Metric[]] = [
  { key: "cpu", title: "server CPU per request", unit: "µs" },
  { key: "rate", title: "requests per second", unit: "1/s" },
  { key: "p50", title: "latency, median", unit: "ms" },
  { key: "p99", title: "latency, 99th percentile", unit: "ms" },
  { key: "rss", title: "resident memory", unit: "MB" },
];

/** Options for {@link underLoad}. */
export interface UnderLoadOptions {
  readonly effort: Effort;
  /** Connects the generator and checks the first answer. */
  readonly connect: (server: ContestantProcess) => Promise<LoadGenerator>;
}

/** A server with its generator, as the rotation measures it; the server ends when it cannot be connected to. */
export async function underLoad(
  server: ContestantProcess,
  { effort: { warmUp, roundMs }, connect }: UnderLoadOptions,
): Promise<OpenSubject> {
  await using stack = new AsyncDisposableStack();
  stack.use(server);
  const generator = stack.use(await connect(server));
  const opened = stack.move();
  return {
    answerBytes: generator.answerBytes,
    async warmUp() {
      const { seconds } = await generator.run({ requests: warmUp.requests, milliseconds: warmUp.mostMs });
      const rest = warmUp.leastMs - seconds * 1_000;
      if (rest > 0) await generator.run({ milliseconds: rest });
    },
    round: () => measureLoad(server, { generator, milliseconds: roundMs }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/**
 * Runs one load. The snapshots of CPU time stand around it, while the server has nothing else to do, so the number of
 * requests between them is exact.
 */
async function measureLoad(
  server: ContestantProcess,
  { generator, milliseconds }: { readonly generator: LoadGenerator; readonly milliseconds: number },
): Promise<Sample> {
  const before = await server.usage();
  const { requests, seconds, latencies } = await generator.run({ milliseconds });
  const after = await server.usage();
  // The library's type asks for a plain array; it only reads by index.
  const sorted = latencies as unknown as number[];
  return {
    cpu: (after.cpuMicros - before.cpuMicros) / requests,
    rate: requests / seconds,
    p50: quantileSorted(sorted, 0.5),
    p99: quantileSorted(sorted, 0.99),
    rss: after.rss / 1e6,
  };
}

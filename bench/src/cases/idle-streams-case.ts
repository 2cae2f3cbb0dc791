import { setTimeout as delay } from "node:timers/promises";
import { startContestant } from "../measure/contestant-process.ts";
import { connectHttp } from "../measure/http-load.ts";
import { openListenStreams } from "../measure/listen-streams.ts";
import type { OpenSubject, Sample } from "../measure/rotation.ts";
import { defineWorkload } from "../workloads/workload.ts";
import type { BenchCase } from "./case.ts";

/** Milliseconds that all streams are left alone; long enough for the keep-alive comments of most servers. */
const idleMs = 20_000;

/** What a client costs that only listens. */
export const idleStreamsCase: BenchCase = {
  name: "idle-streams",
  title: "idle subscriptions/listen streams",
  about:
    "A thousand clients in a full run; each holds one event stream on a connection of its own, and nothing happens.",
  metrics: [
    { key: "memory", title: "resident memory per stream", unit: "kB" },
    { key: "heap", title: "heap in use per stream", unit: "kB" },
    { key: "cpu", title: "CPU of one core while idle", unit: "%" },
  ],
  reference: "sdk-v2",
  quick: false,
  needs: ["http", "modern", "listen"],
  rounds: () => 1,
  async open(contestant, { streams }): Promise<OpenSubject> {
    const workload = defineWorkload({ tools: 10 });
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await startContestant(contestant, { transport: "http", workload }));
    const generator = stack.use(await connectHttp(server.url, workload));
    const opened = stack.move();
    return {
      // Loads what only streams need, and no more: pages that calls have left free would hide the streams' own.
      async warmUp() {
        await generator.run({ requests: 100 });
        await using _streams = await openListenStreams(server.url, 10);
      },
      async round(): Promise<Sample> {
        const before = await server.collected();
        await using _streams = await openListenStreams(server.url, streams);
        const idle = await server.collected();
        await delay(idleMs);
        const after = await server.usage();
        return {
          memory: (idle.rss - before.rss) / 1e3 / streams,
          heap: (idle.heapUsed - before.heapUsed) / 1e3 / streams,
          cpu: (after.cpuMicros - idle.cpuMicros) / 1e3 / (idleMs / 100),
        };
      },
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    };
  },
};

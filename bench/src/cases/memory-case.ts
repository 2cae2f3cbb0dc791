import { startContestant } from "../measure/contestant-process.ts";
import { growthPercent } from "../measure/growth.ts";
import { connectHttp } from "../measure/http-load.ts";
import type { OpenSubject, Sample } from "../measure/rotation.ts";
import type { BenchCase } from "./case.ts";
import { workloadFor } from "./workload-for.ts";

/** Observations over the second half of the calls. */
const observations = 20;

/** Milliseconds that either half of the calls may take; a slow server makes fewer. */
const halfMs = 8_000;

/** What stays in memory after many calls. */
export const memoryCase: BenchCase = {
  name: "memory",
  title: "memory after many calls",
  about:
    "tools/call over HTTP among 50 tools, in the newest era each speaks: 200,000 calls in a full run, or what fits in 16 " +
    "seconds. The heap is measured after a full garbage collection at 21 points of the second half; growth is the rise of " +
    "the line that fits them.",
  metrics: [
    { key: "growth", title: "growth of the heap over the second half", unit: "%" },
    { key: "heap", title: "heap in use at the end", unit: "MB" },
    { key: "rss", title: "resident memory at the end", unit: "MB" },
    { key: "calls", title: "calls made", unit: "" },
  ],
  reference: "node",
  ratios: false,
  quick: false,
  needs: ["http"],
  rounds: () => 1,
  async open(contestant, { memoryCalls }): Promise<OpenSubject> {
    const workload = workloadFor(contestant, {});
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await startContestant(contestant, { transport: "http", workload }));
    const generator = stack.use(await connectHttp(server.url, workload));
    const opened = stack.move();
    let calls = 0;
    const call = async (share: number): Promise<void> => {
      const { requests } = await generator.run({ requests: share * memoryCalls, milliseconds: 2 * share * halfMs });
      calls += requests;
    };
    return {
      answerBytes: generator.answerBytes,
      warmUp: () => call(1 / 2),
      async round(): Promise<Sample> {
        const points: [number, number][] = [];
        for (let observation = 0; observation <= observations; observation += 1) {
          if (observation > 0) await call(1 / 2 / observations);
          points.push([observation, (await server.collected()).heapUsed]);
        }
        const { heapUsed, rss } = await server.usage();
        return { growth: growthPercent(points), heap: heapUsed / 1e6, rss: rss / 1e6, calls };
      },
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    };
  },
};

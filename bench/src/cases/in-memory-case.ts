import { startContestant } from "../measure/contestant-process.ts";
import { firstId, messageOf } from "../workloads/request.ts";
import type { BenchCase } from "./case.ts";
import { workloadFor } from "./workload-for.ts";

/** Tests in one round. */
const testsPerRound = 50;

/** What a unit test costs: a new server and client in one process. */
export const inMemoryCase: BenchCase = {
  name: "in-memory",
  title: "in-memory test: a new server of 50 tools, connect, one call",
  about:
    "The client is the SDK's, or what the contestant has for tests; each in the newest era that it speaks with that client. The tools are made once.",
  metrics: [
    { key: "wall", title: "time per test", unit: "ms" },
    { key: "cpu", title: "CPU per test", unit: "ms" },
  ],
  reference: "sdk-v2",
  quick: true,
  needs: ["memory"],
  rounds: ({ rounds }) => rounds,
  async open(contestant) {
    const workload = workloadFor(contestant, {});
    const server = await startContestant(contestant, { transport: "memory", workload });
    let nextId = firstId;
    const test = async (): Promise<number> => {
      const { text, milliseconds } = await server.test(nextId, testsPerRound);
      nextId += testsPerRound;
      if (text !== messageOf(nextId - 1)) throw new Error(`the call returned ${JSON.stringify(text)}`);
      return milliseconds / testsPerRound;
    };
    return {
      warmUp: async () => void (await test()),
      async round() {
        const before = await server.usage();
        const wall = await test();
        const after = await server.usage();
        return { wall, cpu: (after.cpuMicros - before.cpuMicros) / 1_000 / testsPerRound };
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

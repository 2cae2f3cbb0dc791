import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// `.ci/run` adds up the results; a person reads the default report.
const report = process.env.PLINTH_TEST_REPORT;
// What takes long and guards what seldom breaks has names of its own, and runs in `.ci/run` alone.
const kind = process.env.PLINTH_TESTS === "long" ? "long.test" : "test";

export default defineConfig({
  resolve: { conditions: ["@plinth/source"] },
  ssr: { resolve: { conditions: ["@plinth/source"], externalConditions: ["@plinth/source"] } },
  test: {
    // Most tests wait for processes and sockets; one worker, as vitest has it on two cores, would wait most of the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Many tests start processes, which takes seconds on a machine that is busy; no test measures time by this.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What is waited for comes within milliseconds, and on a busy machine within seconds; the default gives up after one.
    expect: { poll: { timeout: 15_000, interval: 20 } },
    include: ["packages/*/src", "apps/*/src", "bench/src", "scripts"].map((folder) => `${folder}/**/*.${kind}.ts`),
    exclude: kind === "test" ? ["**/*.long.test.ts"] : [],
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
  },
});

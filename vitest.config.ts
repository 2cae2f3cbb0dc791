import { defineConfig } from "vitest/config";

// `.ci/run` adds up the results; a person reads the default report.
const report = process.env.PLINTH_TEST_REPORT;

export default defineConfig({
  resolve: { conditions: ["@plinth/source"] },
  ssr: { resolve: { conditions: ["@plinth/source"], externalConditions: ["@plinth/source"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "scripts/**/*.test.ts"],
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
  },
});

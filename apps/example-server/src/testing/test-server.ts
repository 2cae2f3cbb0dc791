import { loadConfig, type ConfigOverrides } from "@plinth/config";
import { stderrLogger } from "@plinth/core";
import type { PlatformServer } from "@plinth/platform";
import { exampleConfig } from "../config.ts";
import { createExampleServer } from "../server.ts";
import type { Services } from "../services.ts";

/** What a test may set. */
export type TestSettings = ConfigOverrides<(typeof exampleConfig)["groups"]>;

/** Settings of a test. Processes are the weakest isolation, and the only one that is everywhere. */
export function testConfig(overrides: TestSettings = {}) {
  return loadConfig(exampleConfig, {
    env: {},
    envFile: false,
    overrides: { database: { path: ":memory:" }, code: { isolation: "process" }, ...overrides },
  });
}

/** The server on a database in memory, with the bundled data sets; nothing of the environment matters. */
export function createTestServer(overrides?: TestSettings): Promise<PlatformServer<Services>> {
  return createExampleServer({
    config: testConfig(overrides),
    log: stderrLogger({ level: "silent" }),
    // No port for metrics, and no limit on calls that come as fast as a test makes them.
    transport: "stdio",
  });
}

import { loadConfig } from "@plinth/config";
import { type PlinthServer, stderrLogger } from "@plinth/core";
import { exampleConfig } from "../config.ts";
import { createExampleServer } from "../server.ts";
import type { Services } from "../services.ts";

/** The server on a database in memory, with the bundled data sets; nothing of the environment matters. */
export function createTestServer(): PlinthServer<Services> {
  const config = loadConfig(exampleConfig, { env: {}, envFile: false, overrides: { database: { path: ":memory:" } } });
  return createExampleServer({ config, log: stderrLogger({ level: "silent" }) });
}

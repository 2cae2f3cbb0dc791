import {
  integer,
  list,
  oneOf,
  platformConfig,
  defineConfig,
  secret,
  setting,
  size,
  url,
  type Config,
} from "@plinth/config";
import { z } from "zod";

const { transport, workers } = platformConfig.server.shape;
const { host, port, path } = platformConfig.http.shape;

/** Every setting of the server. `.env.example` is rendered from it. */
export const exampleConfig = defineConfig({
  groups: {
    server: z
      .object({
        transport,
        workers,
        messageLimit: size({ min: 1 })
          .default(48 * 1024 * 1024)
          .describe("Largest message from a client; it carries the text of an import."),
      })
      .describe("The process."),
    http: z
      .object({
        host,
        port,
        path,
        allowedHosts: list()
          .default([])
          .describe("Names that clients use for this server; needed when it listens on more than loopback."),
      })
      .describe("Listening over HTTP."),
    log: z
      .object({
        level: oneOf(["debug", "info", "warn", "error", "silent"])
          .default("info")
          .describe("Least severe line that is written."),
      })
      .describe("Logging, to stderr."),
    database: z
      .object({
        url: secret(url({ protocols: ["postgres", "postgresql"] }))
          .optional()
          .describe("PostgreSQL to keep the data in; without it, the data is in a SQLite file."),
        path: setting(z.string().min(1), { expects: "the path of a file, or :memory:" })
          .default("data/business.db")
          .describe("The SQLite file; a relative path begins at the folder of this app."),
      })
      .describe("Where the data sets live."),
    imports: z
      .object({
        maxRows: integer({ min: 1 }).default(200_000).describe("Rows that one import may have."),
        maxBytes: size({ min: 1 })
          .default(32 * 1024 * 1024)
          .describe("Size of the text that one import may have."),
      })
      .describe("Limits of import_dataset."),
  },
});

/** The loaded settings. */
export type ExampleConfig = Config<typeof exampleConfig>;

import {
  boolean,
  duration,
  integer,
  list,
  oneOf,
  defineConfig,
  secret,
  setting,
  size,
  url,
  type Config,
} from "@plinth/config";
import { productionConfig } from "@plinth/platform";
import { z } from "zod";

const hostPattern = setting(z.string().regex(/^\.?[a-z0-9-]+(\.[a-z0-9-]+)*$/i), {
  expects: "a host, or .example.com for all below it",
});
const addressRange = setting(z.union([z.cidrv4(), z.cidrv6()]), { expects: "a range such as 10.1.0.0/16" });

/** Every setting of the server. `.env.example` is rendered from it. */
export const exampleConfig = defineConfig({
  groups: {
    ...productionConfig,
    http: productionConfig.http.extend({
      bodyLimit: size({ min: 1 })
        .default(48 * 1024 * 1024)
        .describe("Largest message from a client; it carries the text of an import."),
    }),
    database: z
      .object({
        url: secret(url({ protocols: ["postgres", "postgresql"] }))
          .optional()
          .describe("PostgreSQL to keep the data in; without it, the data is in a SQLite file."),
        path: setting(z.string().min(1), { expects: "the path of a file, or :memory:" })
          .default("data/business.db")
          .describe("The SQLite file; a relative path begins at the folder of this app."),
        timeout: duration({ min: 100 })
          .default(15_000)
          .describe("Time that PostgreSQL may take for one statement before it counts as away."),
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
    fetch: z
      .object({
        allowedHosts: list(hostPattern)
          .default([])
          .describe("The only hosts that are reached; all public ones if empty."),
        allowedAddresses: list(addressRange)
          .default([])
          .describe("Ranges to open that are not public. Security: clients can read whatever answers there."),
        ports: list(integer({ min: 1, max: 65_535 }))
          .default([443, 80])
          .describe("Ports that are reached."),
        maxBytes: size({ min: 1, max: 64 * 1024 * 1024 })
          .default(2 * 1024 * 1024)
          .describe("Size of one page, before and after decompression."),
        timeout: duration({ min: 1 }).default(20_000).describe("Time for one page, redirects included."),
        requestsPerMinute: integer({ min: 1 }).default(60).describe("Requests of one client to one host."),
      })
      .describe("What fetch_page reaches."),
    files: z
      .object({
        root: setting(z.string().min(1), { expects: "the path of a folder" })
          .default("data/workspace")
          .describe("The workspace; a relative path begins at the folder of this app. Made when it is missing."),
        mode: oneOf(["read-write", "read-only"]).default("read-write").describe("Whether write_file is offered."),
        guarantee: oneOf(["race-free", "best-effort"])
          .default("race-free")
          .describe(
            "The least that will do against links that are exchanged while a call runs. race-free needs Linux; elsewhere " +
              "there are no files without best-effort.",
          ),
        maxFileBytes: size({ min: 1 })
          .default(8 * 1024 * 1024)
          .describe("Size of a file that is read or written."),
        maxBytes: size({ min: 1 })
          .default(256 * 1024 * 1024)
          .describe("Size of all files together."),
        maxFiles: integer({ min: 1 }).default(10_000).describe("Files and folders in all."),
      })
      .describe("The workspace of list_files, read_file, write_file and search_files."),
    code: z
      .object({
        mode: boolean()
          .default(false)
          .describe(
            "Code mode: programs of run_code may call every tool that destroys nothing; two more tools find them.",
          ),
        isolation: oneOf(["auto", "bubblewrap", "process"])
          .default("auto")
          .describe(
            "Where programs run; auto takes bubblewrap where it works. Security: process has no walls of the kernel.",
          ),
        cpu: duration({ min: 1, max: 3_600_000 }).default(5_000).describe("CPU time of one program."),
        timeout: duration({ min: 1, max: 86_400_000 }).default(30_000).describe("Time of one program, calls included."),
        memory: size({ min: 8 * 1024 * 1024, max: 8 * 1024 ** 3 })
          .default(64 * 1024 * 1024)
          .describe("Memory of one program."),
      })
      .describe("Programs of run_code."),
  },
});

/** The loaded settings. */
export type ExampleConfig = Config<typeof exampleConfig>;

import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Contestant } from "./contestant.ts";
import { parts } from "./parts/parts.ts";
import { peers } from "./peers.ts";

/** Not the app's own file: a benchmark must not find or leave data there. */
const exampleDatabase = join(tmpdir(), `plinth-bench-${process.pid}.db`);

/** Removes what the example server has left. */
export async function removeExampleDatabase(): Promise<void> {
  await Promise.all(["", "-wal", "-shm"].map((suffix) => rm(`${exampleDatabase}${suffix}`, { force: true })));
}

/** Contestants that need nothing but this workspace. */
export const ownContestants: readonly Contestant[] = [
  {
    name: "node",
    title: "node:http alone (B)",
    module: new URL("node.ts", import.meta.url),
    packages: [],
    setup:
      "node:http (over stdio, lines of text) that reads, parses, and writes the bytes that an MCP server answers; no protocol, no checks.",
    eras: ["modern", "legacy"],
    cannot: {
      listen: "holds no subscriptions",
      memory: "is not an MCP server",
      "cold-start": "node -e 0 stands for it here",
    },
  },
  {
    name: "plinth",
    title: "Plinth",
    module: new URL("plinth.ts", import.meta.url),
    packages: ["@plinth/core", "zod"],
    coldStart: { script: new URL("../cold-start/plinth.mjs", import.meta.url) },
    setup:
      'createServer(...).listen(...) as in the guide, with every default but `legacy: "stateless"` and `progressIntervalMs: 0`.',
    eras: ["modern", "legacy"],
    cannot: {},
  },
  {
    name: "plinth-sdk-lane",
    title: "Plinth, SDK lane",
    module: new URL("plinth.ts", import.meta.url),
    variant: "sdk-lane",
    packages: ["@plinth/core", "@modelcontextprotocol/server", "zod"],
    coldStart: { script: new URL("../cold-start/plinth.mjs", import.meta.url), arguments: ["sdk"] },
    setup: 'As plinth, with `lane: "sdk"`: every request goes through the SDK.',
    eras: ["modern", "legacy"],
    cannot: { memory: "the same as Plinth: in memory there is one lane" },
  },
  {
    name: "plinth-production",
    title: "Plinth, production stack",
    module: new URL("production.ts", import.meta.url),
    special: true,
    packages: ["@plinth/platform", "@plinth/core", "zod"],
    setup:
      "createPlatformServer(...) as in its guide, with metrics on and every limit so high that none is met; tokens are verified with jose and remembered until they expire.",
    eras: ["modern", "legacy"],
    cannot: {},
  },
  {
    name: "sdk-v2",
    title: "MCP SDK v2",
    module: new URL("sdk-v2.ts", import.meta.url),
    packages: ["@modelcontextprotocol/server", "@modelcontextprotocol/node", "zod"],
    coldStart: { script: new URL("../cold-start/sdk-v2.mjs", import.meta.url) },
    setup: "createMcpHandler with a factory, behind toNodeHandler on node:http.",
    eras: ["modern", "legacy"],
    cannot: { middleware: "documents no middleware around tool calls" },
  },
  {
    name: "example-server",
    title: "apps/example-server (Plinth)",
    packages: [],
    coldStart: {
      script: new URL("../../../apps/example-server/dist/main.js", import.meta.url),
      arguments: ["--transport", "stdio"],
      environment: { DATABASE_PATH: exampleDatabase, LOG_LEVEL: "error" },
    },
    setup:
      "The reference server as it is shipped, with a SQLite file and a compile cache that the first start has filled.",
    eras: ["modern", "legacy"],
    cannot: {},
  },
  {
    name: "node-empty",
    title: "node -e 0",
    packages: [],
    coldStart: { arguments: ["-e", "0"], serves: false },
    setup: "Node itself: what no server can be faster than.",
    eras: ["modern", "legacy"],
    cannot: {},
  },
  ...parts,
];

/** Every contestant, in the order of the results. */
export const allContestants: readonly Contestant[] = [...ownContestants, ...peers];

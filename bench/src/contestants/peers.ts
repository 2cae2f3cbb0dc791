import type { ColdStartProgram, Contestant } from "./contestant.ts";

const moduleOf = (name: string): URL => new URL(`../../peers/src/${name}.ts`, import.meta.url);
const coldStartOf = (name: string): ColdStartProgram => ({
  script: new URL(`../../peers/src/cold-start/${name}.mjs`, import.meta.url),
});

/** Contestants that are installed in `bench/peers`. */
export const peers: readonly Contestant[] = [
  {
    name: "sdk-v1",
    title: "MCP SDK 1.x",
    module: moduleOf("sdk-v1"),
    coldStart: coldStartOf("sdk-v1"),
    packages: ["@modelcontextprotocol/sdk", "express", "zod"],
    setup:
      "Its stateless example: an Express app, a server and transport for each request; JSON answers where nothing is streamed.",
    eras: ["legacy"],
    cannot: { middleware: "documents no middleware around tool calls" },
  },
  {
    name: "tmcp",
    title: "tmcp",
    module: moduleOf("tmcp"),
    coldStart: coldStartOf("tmcp"),
    packages: ["tmcp", "@tmcp/transport-http", "@tmcp/transport-stdio", "@remix-run/node-fetch-server", "zod"],
    setup:
      "One server behind HttpTransport and @remix-run/node-fetch-server on node:http, as its documentation has it.",
    eras: ["modern", "legacy"],
    cannot: { middleware: "documents no middleware around tool calls" },
  },
  {
    name: "fastmcp",
    title: "fastmcp",
    module: moduleOf("fastmcp"),
    coldStart: coldStartOf("fastmcp"),
    packages: ["fastmcp", "zod"],
    setup:
      'start({ transportType: "httpStream", httpStream: { stateless: true } }); JSON answers where nothing is streamed.',
    eras: ["legacy"],
    cannot: { middleware: "documents no middleware around tool calls" },
  },
  {
    name: "mcp-ts-core",
    title: "@cyanheads/mcp-ts-core",
    module: moduleOf("mcp-ts-core"),
    coldStart: coldStartOf("mcp-ts-core"),
    packages: ["@cyanheads/mcp-ts-core"],
    setup:
      "createApp(...) with MCP_SESSION_MODE=stateless and MCP_LOG_LEVEL=error; its own span, metrics and log line are part of every call.",
    eras: ["legacy"],
    cannot: {
      middleware: "documents no middleware around tool calls",
      progress: "reports progress from task tools alone",
      memory: "documents no in-memory transport",
    },
  },
  {
    name: "mcp-handler",
    title: "mcp-handler",
    module: moduleOf("mcp-handler"),
    packages: ["mcp-handler", "@modelcontextprotocol/server", "@remix-run/node-fetch-server", "zod"],
    setup:
      "createMcpHandler(...) behind @remix-run/node-fetch-server on node:http; it is made for frameworks that speak fetch.",
    eras: ["modern", "legacy"],
    cannot: {
      middleware: "documents no middleware around tool calls",
      stdio: "documents HTTP alone",
      "cold-start": "documents HTTP alone",
      memory: "documents HTTP alone",
    },
  },
  {
    name: "mcp-lite",
    title: "mcp-lite",
    module: moduleOf("mcp-lite"),
    packages: ["mcp-lite", "hono", "@hono/node-server", "zod"],
    setup:
      "One server and StreamableHttpTransport without adapters (stateless), in a Hono app on @hono/node-server. It speaks 2025-06-18 at most.",
    eras: ["legacy"],
    legacyRevision: "2025-06-18",
    cannot: {
      stdio: "documents HTTP alone",
      "cold-start": "documents HTTP alone",
      memory: "documents HTTP alone",
    },
  },
  {
    name: "hono-mcp",
    title: "@hono/mcp",
    module: moduleOf("hono-mcp"),
    packages: ["@hono/mcp", "@modelcontextprotocol/sdk", "hono", "@hono/node-server", "zod"],
    setup:
      "A server and StreamableHTTPTransport for each request, in a Hono app on @hono/node-server; JSON answers where nothing is streamed.",
    eras: ["legacy"],
    cannot: {
      middleware: "documents no middleware around tool calls",
      stdio: "documents HTTP alone",
      "cold-start": "documents HTTP alone",
      memory: "documents HTTP alone",
    },
  },
  {
    name: "mastra",
    title: "@mastra/mcp",
    module: moduleOf("mastra"),
    coldStart: coldStartOf("mastra"),
    packages: ["@mastra/mcp", "@mastra/core", "zod"],
    setup: "MCPServer.startHTTP on node:http.",
    eras: ["modern"],
    cannot: {
      middleware: "documents no middleware around tool calls",
      memory: "documents no in-memory transport",
    },
  },
  {
    name: "mcp-nest",
    title: "@rekog/mcp-nest",
    module: moduleOf("mcp-nest"),
    coldStart: coldStartOf("mcp-nest"),
    packages: ["@rekog/mcp-nest", "@nestjs/core", "@modelcontextprotocol/server", "zod"],
    setup:
      "McpStrategy with StreamableHttpTransport in a Nest app on Express: a controller with a method for each tool; interceptors as middleware.",
    eras: ["modern", "legacy"],
    cannot: { memory: "documents no in-memory transport" },
  },
];

/** Frameworks whose documentation was looked at and that were not run, each with the reason. */
export const notMeasured: Readonly<Record<string, string>> = {
  "mcp-framework": "documents tools as files that it discovers in a built project; no contestant was written for that",
  muppet: "installs and loads; its package holds no documentation of how to serve it, so no contestant was written",
  xmcp: "documents tools as files of a project that its own command builds; no contestant was written for that",
};

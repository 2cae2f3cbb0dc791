import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { textOf, type Connect } from "./client-under-test.ts";
import { asksForNoProgress, cancelsOnlyLocally, showsNoForms } from "./requirements.ts";
import { commandFile, runCommand, type RunCommandOptions } from "./run-command.ts";
import { testClient } from "./test-client.ts";

const inspector = commandFile("@modelcontextprotocol/inspector", "mcp-inspector");

/** Runs the Inspector's command line once for each thing asked of it, each on a connection of its own. */
const connect: Connect = async (target, { era }) => {
  const home = await mkdtemp(join(tmpdir(), "plinth-inspector-"));
  const server = target.transport === "http" ? [target.url] : [target.command, ...target.args];

  async function run<T>(args: readonly string[], options: RunCommandOptions = {}): Promise<T> {
    const { stdout, stderr, exitCode } = await runCommand(
      [inspector, "--cli", ...server, "--protocol-era", era, "--format", "json", "--quiet", ...args],
      { ...options, env: { HOME: home } },
    );
    if (!stdout.startsWith("{")) throw new Error(`The Inspector ended with ${exitCode}: ${stderr}`);
    return (JSON.parse(stdout) as { result: T }).result;
  }

  return {
    listTools: async () =>
      (await run<{ tools: { name: string }[] }>(["--method", "tools/list"])).tools.map(({ name }) => name),
    listResources: async () =>
      (await run<{ resources: { uri: string }[] }>(["--method", "resources/list"])).resources.map(({ uri }) => uri),
    listPrompts: async () =>
      (await run<{ prompts: { name: string }[] }>(["--method", "prompts/list"])).prompts.map(({ name }) => name),
    async callTool(name, args = {}, { signal } = {}) {
      const { content, isError = false } = await run<{ content: { type: string }[]; isError?: boolean }>(
        ["--method", "tools/call", "--tool-name", name, "--tool-args-json", JSON.stringify(args)],
        signal === undefined ? {} : { signal },
      );
      return { text: textOf(content), isError };
    },
    async readResource(uri) {
      const { contents } = await run<{ contents: { text: string }[] }>(["--method", "resources/read", "--uri", uri]);
      return textOf(contents.map((part) => ({ type: "text", ...part })));
    },
    async getPrompt(name, args) {
      const pairs = Object.entries(args).map(([key, value]) => `${key}=${value}`);
      const request = ["--method", "prompts/get", "--prompt-name", name, "--prompt-args", ...pairs];
      const { messages } = await run<{ messages: { content: { type: string } }[] }>(request);
      return textOf(messages.map(({ content }) => content));
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true }),
  };
};

testClient("MCP Inspector --cli", {
  connect,
  concurrent: true,
  variants: (["http", "stdio"] as const).flatMap((transport) => [
    { transport, era: "modern" },
    { transport, era: "legacy" },
  ]),
  limits: [
    asksForNoProgress,
    ...showsNoForms,
    cancelsOnlyLocally(
      "when interrupted it only hangs up, which over HTTP in the legacy era does not mean that the call is cancelled",
      ({ transport, era }) => transport === "http" && era === "legacy",
    ),
  ],
});

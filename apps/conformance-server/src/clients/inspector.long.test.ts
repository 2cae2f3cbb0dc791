import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  answerOf,
  textOf,
  type Block,
  type Connect,
  type Target,
  type ToolArguments,
  type Variant,
} from "./client-under-test.ts";
import { abandonsImports, cannotConfirm, importsWhatOneArgumentHolds } from "./example-server/limits.ts";
import { exampleServer } from "./example-server/requirements.ts";
import { asksForNoProgress, cancelsOnlyLocally, conformanceServer, showsNoForms } from "./requirements.ts";
import { commandFile, runCommand, type RunCommandOptions } from "./run-command.ts";
import { testClient } from "./test-client.ts";

const inspector = commandFile("@modelcontextprotocol/inspector", "mcp-inspector");

/** Runs the Inspector's command line once for each thing asked of it, each on a connection of its own. */
const connect: Connect = async (target, { era }) => {
  const home = await mkdtemp(join(tmpdir(), "plinth-inspector-"));
  const server = await serverArguments(target, home);

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
      const result = await run<{ content: Block[]; isError?: boolean }>(
        ["--method", "tools/call", "--tool-name", name, ...argumentsOf(args)],
        signal === undefined ? {} : { signal },
      );
      return answerOf(result);
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

/** The server for the command line; a command goes through a file, since its variables may be empty. */
async function serverArguments(target: Target, folder: string): Promise<readonly string[]> {
  if (target.transport === "http") return [target.url];
  const { transport: _, ...server } = target;
  const config = join(folder, "servers.json");
  await writeFile(config, JSON.stringify({ mcpServers: { server } }));
  return ["--config", config, "--server", "server"];
}

/** A tool's arguments for the command line: JSON, or pairs, whose values may be longer since nothing in them is escaped. */
function argumentsOf(args: ToolArguments): readonly string[] {
  const json = JSON.stringify(args);
  if (json.length < longestArgument) return ["--tool-args-json", json];
  return ["--tool-arg", ...Object.entries(args).map(([name, value]) => `${name}=${String(value)}`)];
}

/** Bytes that Linux lets one argument of a command have. */
const longestArgument = 128 * 1024;

const variants = (["http", "stdio"] as const).flatMap((transport): readonly Variant[] => [
  { transport, era: "modern" },
  { transport, era: "legacy" },
]);

const onlyHangsUp =
  "when interrupted it only hangs up, which over HTTP in the legacy era does not mean that the call is cancelled";
const cannotCancel = ({ transport, era }: Variant): boolean => transport === "http" && era === "legacy";

testClient("MCP Inspector --cli", {
  suite: conformanceServer,
  connect,
  concurrent: true,
  variants,
  limits: [asksForNoProgress, ...showsNoForms, cancelsOnlyLocally(onlyHangsUp, cannotCancel)],
});
testClient("MCP Inspector --cli", {
  suite: exampleServer,
  connect,
  concurrent: true,
  variants,
  limits: [importsWhatOneArgumentHolds, ...cannotConfirm, abandonsImports(onlyHangsUp, cannotCancel)],
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answerOf, type Block, type Connect, type ToolArguments, type Variant } from "./client-under-test.ts";
import { abandonsImports, cannotConfirm, importsInSilence } from "./example-server/limits.ts";
import { exampleServer } from "./example-server/requirements.ts";
import { asksForNoProgress, cancelsOnlyLocally, conformanceServer, showsNoForms, type Limit } from "./requirements.ts";
import { commandFile, runCommand, type RunCommandOptions } from "./run-command.ts";
import { testClient } from "./test-client.ts";

const mcporter = commandFile("mcporter", "mcporter");

/** A tool's result as mcporter prints it. */
interface PrintedResult {
  readonly content?: readonly Block[];
  readonly isError?: boolean;
}

/** Runs one command of mcporter for each thing asked of it, each on a connection of its own. */
const connect: Connect = async (target) => {
  const home = await mkdtemp(join(tmpdir(), "plinth-mcporter-"));
  const config = join(home, "mcporter.json");
  const { transport: _, ...server } = target;
  await writeFile(config, JSON.stringify({ mcpServers: { server }, imports: [] }));

  async function run<T>(args: readonly string[], options: RunCommandOptions = {}): Promise<T> {
    const { stdout, stderr, exitCode } = await runCommand([mcporter, "--config", config, ...args], {
      ...options,
      env: { HOME: home },
    });
    if (!stdout.startsWith("{")) throw new Error(`mcporter ended with ${exitCode}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as T;
  }

  return {
    listTools: async () =>
      (await run<{ tools: { name: string }[] }>(["list", "server", "--json"])).tools.map(({ name }) => name),
    listResources: async () =>
      (await run<{ resources: { uri: string }[] }>(["resource", "server", "--json"])).resources.map(({ uri }) => uri),
    listPrompts: () => run(["prompt", "server", "--json"]),
    async callTool(name, args = {}, { signal } = {}) {
      const printed = await run<PrintedResult>(
        ["call", `server.${name}`, ...(await argumentsOf(args, home)), "--output", "json"],
        signal === undefined ? {} : { signal },
      );
      // Of structured results it prints the structure alone.
      const { content = [{ type: "text", text: JSON.stringify(printed) }], isError = false } = printed;
      return answerOf({ content, isError });
    },
    readResource: async (uri) => JSON.stringify(await run(["resource", "server", uri, "--json"])),
    getPrompt: (name) => run(["prompt", "server", name, "--json"]),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true }),
  };
};

/** A tool's arguments for the command line; long text, which it cannot carry, goes through a file. */
async function argumentsOf(args: ToolArguments, folder: string): Promise<readonly string[]> {
  const long = Object.entries(args).filter(([, value]) => typeof value === "string" && value.length > 100_000);
  const short = { ...args, ...Object.fromEntries(long.map(([name]) => [name, undefined])) };
  const files = long.map(async ([name, value]) => {
    const file = join(folder, name);
    await writeFile(file, String(value));
    return `${name}=@${file}`;
  });
  return ["--args", JSON.stringify(short), ...(await Promise.all(files))];
}

const hasNoPrompts: readonly Limit[] = (["lists the prompts", "gets a prompt with arguments"] as const).map(
  (requirement) => ({
    requirement,
    reason: "it has no command for prompts",
    proof: async ({ client, expect }) => {
      await expect(client.listPrompts()).rejects.toThrow("Unknown MCP server 'prompt'");
    },
  }),
);

const variants: readonly Variant[] = [
  { transport: "http", era: "legacy" },
  { transport: "stdio", era: "legacy" },
];

const onlyHangsUp =
  "when interrupted it only hangs up, which over HTTP in the legacy era does not mean that the call is cancelled";
const cannotCancel = ({ transport }: Variant): boolean => transport === "http";

testClient("mcporter", {
  suite: conformanceServer,
  connect,
  concurrent: true,
  variants,
  limits: [asksForNoProgress, ...showsNoForms, ...hasNoPrompts, cancelsOnlyLocally(onlyHangsUp, cannotCancel)],
});
testClient("mcporter", {
  suite: exampleServer,
  connect,
  concurrent: true,
  variants,
  limits: [importsInSilence, ...cannotConfirm, abandonsImports(onlyHangsUp, cannotCancel)],
});

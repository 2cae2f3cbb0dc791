import { ConfigError, loadConfig } from "@plinth/config";
import { KitError } from "@plinth/core";
import { addCodeMode } from "./add-code-mode.ts";
import { appFolder } from "./app-folder.ts";
import { help, readCommandLine } from "./command-line.ts";
import { exampleConfig } from "./config.ts";
import { createExampleServer } from "./server.ts";

/** The server process: reads arguments and settings, and serves until it is told to stop. */
export async function main(): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (!isMistake(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

async function start(): Promise<void> {
  const commandLine = readCommandLine(process.argv.slice(2));
  if (commandLine.help) {
    process.stdout.write(help);
    return;
  }
  const config = loadConfig(exampleConfig, { cwd: appFolder, env: { ...process.env, ...commandLine.settings } });
  const server = await createExampleServer({ config });
  if (config.code.mode) await addCodeMode(server);
  await server.run();
}

/** Mistakes in the settings or the arguments are told in their own words; everything else keeps its stack. */
function isMistake(error: unknown): error is Error {
  if (error instanceof ConfigError || KitError.isInstance(error)) return true;
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

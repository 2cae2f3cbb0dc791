import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** One check as the suite writes it; more fields than these are in the file. */
export interface Check {
  readonly id: string;
  readonly description: string;
  readonly status: "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO";
  readonly errorMessage?: string;
}

/** The checks that the suite left in `resultsDirectory` for one scenario. Empty when the scenario ended before it made any. */
export async function readChecks(resultsDirectory: string, scenario: string): Promise<readonly Check[]> {
  const directories = await readdir(resultsDirectory);
  const files = directories
    .filter((directory) => isResultOf(scenario, directory))
    .map((directory) => join(resultsDirectory, directory, "checks.json"));
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "[]")));
  return texts.flatMap((text) => JSON.parse(text) as Check[]);
}

/** Directories are called `server-<scenario>-<time>`, and one scenario's name may start with another's. */
function isResultOf(scenario: string, directory: string): boolean {
  const prefix = `server-${scenario}-`;
  return directory.startsWith(prefix) && /^\d{4}-\d\d-\d\dT/.test(directory.slice(prefix.length));
}

import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import type { ConfigDefinition } from "./define-config.ts";
import { describe, type ConfigDescription } from "./describe.ts";
import { readTextFile } from "./read-file.ts";

/** The files that hold the renderings of a schema. Those not named are not kept. */
export interface DescribedFiles {
  /** Path of the `.env.example`. */
  envExample?: string;
  /** Path of the Markdown reference. */
  markdown?: string;
  /** Folder against which the paths are resolved. @default process.cwd() */
  cwd?: string;
}

/**
 * Makes CI fail when a committed `.env.example` or reference no longer says what the schema says. Line endings do not
 * count.
 *
 * @throws ConfigError that names each outdated or unreadable file and its first line that differs.
 */
export function checkDescribed(definition: ConfigDefinition, files: DescribedFiles): void {
  const problems = eachFile(definition, files, (name, path, expected): ConfigProblem[] => {
    const read = readTextFile(path);
    if (read.text === undefined) return [{ kind: "unreadable", name, message: read.reason }];
    const actual = read.text.replaceAll("\r\n", "\n");
    if (actual === expected) return [];
    const message = `no longer matches the schema from line ${firstDifference(actual, expected)} on; write it anew`;
    return [{ kind: "outdated", name, message }];
  });
  if (problems.length > 0) throw new ConfigError(problems);
}

/** Writes the files that {@link checkDescribed} checks. */
export function writeDescribed(definition: ConfigDefinition, files: DescribedFiles): void {
  eachFile(definition, files, (_, path, text) => {
    writeFileSync(path, text);
    return [];
  });
}

function eachFile<Item>(
  definition: ConfigDefinition,
  files: DescribedFiles,
  visit: (name: string, path: string, text: string) => Item[],
): Item[] {
  const description = describe(definition);
  const kinds: (keyof ConfigDescription)[] = ["envExample", "markdown"];
  return kinds.flatMap((kind) => {
    const name = files[kind];
    return name === undefined ? [] : visit(name, resolve(files.cwd ?? process.cwd(), name), description[kind]);
  });
}

function firstDifference(actual: string, expected: string): number {
  const wanted = expected.split("\n");
  const found = actual.split("\n");
  const index = wanted.findIndex((line, at) => line !== found[at]);
  return (index === -1 ? wanted.length : index) + 1;
}

import { resolve } from "node:path";
import type { ConfigProblem } from "./config-error.ts";
import { variablesOf, type ConfigDefinition, type SettingDefinition } from "./define-config.ts";
import { parseEnvFile } from "./env-file.ts";
import { isRecord } from "./is-record.ts";
import { readJsonFile, readTextFile } from "./read-file.ts";
import { unknownKeys, unknownVariables } from "./unknown-names.ts";

/** Where a value came from, the strongest first. */
export type SettingSource = "override" | "environment" | "env-file" | "config-file" | "default";

/** A value that a source has for a setting. */
export interface FoundValue {
  readonly value: unknown;
  readonly origin: SettingSource;
  /** The variable or key by which it was found, and where, as the report names them. */
  readonly name: string;
  readonly place: string;
}

/**
 * One source of values. `undefined`: it has none. A problem: it has one that cannot be had; weaker sources do not
 * count.
 */
export interface Source {
  find(setting: SettingDefinition): FoundValue | ConfigProblem | undefined;
}

/** Where `loadConfig` looks. */
export interface SourceOptions {
  /** Values that beat every other source, as they would stand in the JSON file. */
  overrides?: object;
  /** The process environment. @default process.env */
  env?: Readonly<Record<string, string | undefined>>;
  /** The `.env` file. A path given here must exist; `false` reads none. @default ".env" if there is one */
  envFile?: string | false;
  /** The JSON file; must exist. The variable `CONFIG_FILE` names another one. @default none */
  file?: string;
  /** Folder against which relative paths are resolved. @default process.cwd() */
  cwd?: string;
  /** Whether unknown keys and variables are problems or passed over. @default "report" */
  unknown?: "report" | "ignore";
}

/** Opens every source, the strongest first, and adds what is wrong with them as a whole to `problems`. */
export function openSources(definition: ConfigDefinition, options: SourceOptions, problems: ConfigProblem[]): Source[] {
  const { overrides = {}, env = process.env, envFile, file, cwd = process.cwd(), unknown = "report" } = options;
  const fileVariables = envFile === false ? {} : readEnvFile(resolve(cwd, envFile ?? ".env"), envFile, problems);
  const jsonPath = textOf(env, definition.fileVariable) ?? textOf(fileVariables, definition.fileVariable) ?? file;
  const content = jsonPath === undefined ? {} : readJsonFile(resolve(cwd, jsonPath), jsonPath, problems);

  const envPlace = envFile === undefined || envFile === false ? ".env" : envFile;
  const jsonPlace = jsonPath ?? "";
  if (unknown === "report") {
    problems.push(
      ...unknownKeys(definition, overrides, "overrides"),
      ...unknownVariables(definition, env, "environment"),
      ...unknownVariables(definition, fileVariables, envPlace),
      ...unknownKeys(definition, content, jsonPlace),
    );
  }
  return [
    objectSource(overrides, { origin: "override", place: "overrides" }),
    variableSource(env, { origin: "environment", place: "environment", cwd }),
    variableSource(fileVariables, { origin: "env-file", place: envPlace, cwd }),
    objectSource(content, { origin: "config-file", place: jsonPlace }),
  ];
}

function readEnvFile(path: string, given: string | undefined, problems: ConfigProblem[]): NodeJS.Dict<string> {
  const read = readTextFile(path);
  if (read.text !== undefined) {
    const { variables, strayLines } = parseEnvFile(read.text);
    for (const line of strayLines) {
      problems.push({ kind: "unreadable", name: given ?? ".env", message: `line ${line} is not NAME=value` });
    }
    return variables;
  }
  if (given !== undefined || read.code !== "ENOENT") {
    problems.push({ kind: "unreadable", name: given ?? ".env", message: read.reason });
  }
  return {};
}

function objectSource(root: unknown, at: { origin: SettingSource; place: string }): Source {
  return {
    find({ path, key }) {
      let value = root;
      for (const name of path) value = isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
      return value === undefined ? undefined : { ...at, value, name: key };
    },
  };
}

function variableSource(
  variables: Readonly<Record<string, string | undefined>>,
  { origin, place, cwd }: { origin: SettingSource; place: string; cwd: string },
): Source {
  return {
    find(setting) {
      const names = variablesOf(setting).filter((name) => textOf(variables, name) !== undefined);
      const [name] = names;
      if (name === undefined) return undefined;
      if (setting.fileVariable === undefined || !names.includes(setting.fileVariable)) {
        return { value: textOf(variables, name), origin, name, place };
      }
      const problem = { setting: setting.key, name: setting.fileVariable, source: place };
      const other = names.find((candidate) => candidate !== setting.fileVariable);
      if (other !== undefined) {
        return { ...problem, kind: "conflict", message: `${other} is set as well; keep one of the two` };
      }
      // The path itself is never shown: a secret put here by mistake must not end up in a log.
      const read = readTextFile(resolve(cwd, textOf(variables, setting.fileVariable) ?? ""));
      if (read.text === undefined) {
        return { ...problem, kind: "unreadable", message: `the file that it names ${read.reason}` };
      }
      const value = read.text.trim();
      if (value === "") return { ...problem, kind: "unreadable", message: "the file that it names is empty" };
      return { value, origin, name: setting.fileVariable, place };
    },
  };
}

/** An empty variable counts as not set: it is what Compose and shells leave behind for one that is not there. */
function textOf(variables: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] || undefined : undefined;
}

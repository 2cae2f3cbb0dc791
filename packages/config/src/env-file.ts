import { parseEnv } from "node:util";

/** What a `.env` file says. */
export interface EnvFile {
  readonly variables: NodeJS.Dict<string>;
  /** Numbers of the lines that say nothing, counted from 1: no comment, and no `NAME=value`. */
  readonly strayLines: readonly number[];
}

/**
 * Reads a `.env` file as Node does (`util.parseEnv`), and finds the lines that Node leaves out without a word, such as
 * `PORT 3000`. A quoted value may span lines.
 */
export function parseEnvFile(text: string): EnvFile {
  // Quoted values become one empty line for each of theirs, so that the rest keeps its line numbers.
  const outsideQuotes = text.replaceAll(/=[\t ]*(["'`])[\s\S]*?\1/g, (value) => `=${value.replaceAll(/[^\n]/g, "")}`);
  const strayLines = outsideQuotes
    .split("\n")
    .flatMap((line, index) => (line.trim() === "" || /^\s*#/.test(line) || line.includes("=") ? [] : [index + 1]));
  return { variables: parseEnv(text), strayLines };
}

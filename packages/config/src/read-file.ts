import { readFileSync, statSync } from "node:fs";
import type { ConfigProblem } from "./config-error.ts";
import { isRecord } from "./is-record.ts";

/** No settings file is larger; a path to a device or a log by mistake must not fill the memory. */
const maxBytes = 1024 * 1024;

const reasons: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "does not exist"],
  ["ENOTDIR", "does not exist"],
  ["EACCES", "may not be read by this user"],
  ["EPERM", "may not be read by this user"],
  ["ELOOP", "is a loop of symbolic links"],
]);

/** The text of a file without its byte order mark, or why there is none. */
export type FileText = { text: string } | { text?: undefined; code: string; reason: string };

/** Reads a UTF-8 file of at most 1 MiB. Never throws and never quotes the path or the content. */
export function readTextFile(path: string): FileText {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return { code: "EISDIR", reason: "is not a regular file" };
    if (stats.size > maxBytes) return { code: "EFBIG", reason: "is larger than 1 MiB" };
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path)) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return { code, reason: "is not UTF-8 text" };
    return { code, reason: reasons.get(code) ?? `cannot be read (${code})` };
  }
}

/** Reads a JSON file that holds one object; `{}` and a problem when it cannot be had. */
export function readJsonFile(path: string, name: string, problems: ConfigProblem[]): object {
  const read = readTextFile(path);
  if (read.text === undefined) {
    problems.push({ kind: "unreadable", name, message: read.reason });
    return {};
  }
  try {
    const content: unknown = JSON.parse(read.text);
    if (isRecord(content)) return content;
    problems.push({ kind: "unreadable", name, message: "must hold a JSON object" });
  } catch (error) {
    problems.push({ kind: "unreadable", name, message: `is not valid JSON${positionIn(error)}` });
  }
  return {};
}

/** The position alone: the rest of the parser's message can quote the file, and with it a secret. */
function positionIn(error: unknown): string {
  const [, line, column] = /\(line (\d+) column (\d+)\)$/.exec(String(error)) ?? [];
  return line === undefined ? "" : `: look at line ${line}, column ${column}`;
}

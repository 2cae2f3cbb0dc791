import { KitError, type LogFields } from "@plinth/core";
import { copyRules, type CopyRules, type PlainCopy } from "@plinth/redaction";

/** Names that a line has already. */
const reserved: ReadonlySet<string> = new Set(["time", "level", "message", "__proto__"]);

/**
 * What an error tells. **Security:** HTTP clients hang their request, with its credentials, on the errors they throw, so
 * nothing else is shown of one.
 */
const ofErrors = ["name", "message", "code", "stack", "errno", "syscall", "status", "statusCode", "cause"] as const;
const ofKitErrors = [...ofErrors, "data"] as const;
const ofAggregates = [...ofErrors, "errors"] as const;

/** How the fields of lines are copied: what one line shows, and what it shows of errors. */
export function lineRules(): CopyRules {
  return copyRules({ errorMembers, maxTextLength: 8_192, maxCharacters: 32_768 });
}

function errorMembers(error: object): readonly string[] {
  if (KitError.isInstance(error)) return ofKitErrors;
  return error instanceof AggregateError ? ofAggregates : ofErrors;
}

/** Adds `fields` to a line. A name that the line has already gets an underscore: what the server has said stays. */
export function addFields(line: Record<string, unknown>, fields: LogFields, copy: PlainCopy): void {
  copyFields(line, fields, copy, isTaken);
}

/** Adds `fields` to a line, in the place of those that it has. */
export function replaceFields(line: Record<string, unknown>, fields: LogFields, copy: PlainCopy): void {
  copyFields(line, fields, copy, isReserved);
}

function copyFields(
  line: Record<string, unknown>,
  fields: LogFields,
  copy: PlainCopy,
  isUnfit: (name: string, line: Record<string, unknown>) => boolean,
): void {
  let names: string[];
  try {
    names = Object.keys(fields);
  } catch {
    line["fields"] = "[illegible]";
    return;
  }
  for (const name of names) if (!copy.add(line, fields, name, isUnfit)) return;
}

function isTaken(name: string, line: Record<string, unknown>): boolean {
  return reserved.has(name) || Object.hasOwn(line, name);
}

function isReserved(name: string): boolean {
  return reserved.has(name);
}

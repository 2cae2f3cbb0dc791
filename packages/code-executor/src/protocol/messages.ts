import type { CompleteLimits } from "../limits.ts";
import type { Language, OutputStream } from "../run-options.ts";
import type { RunFailure } from "../run-result.ts";
import { parseJson } from "./parse-json.ts";

/** What the program may call, by name: the host alone decides what a name does. */
export interface Grants {
  readonly fetch: boolean;
  readonly files: readonly string[];
  /** `undefined` when the capability is not given at all. */
  readonly tools: readonly string[] | undefined;
  readonly functions: Readonly<Record<string, readonly string[]>>;
}

/** A file for the program. */
export interface FileContent {
  readonly name: string;
  readonly encoding: "utf8" | "base64";
  readonly content: string;
}

/** What the host tells the child to do, once in its life. */
export interface RunMessage {
  readonly type: "run";
  readonly code: string;
  readonly language: Language;
  /** JSON; absent for `undefined`. */
  readonly input?: string;
  readonly files: readonly FileContent[];
  readonly grants: Grants;
  readonly limits: CompleteLimits;
}

/** What a call's answer says: JSON (absent for `undefined`), or an error for the program. */
export interface AnswerMessage {
  readonly type: "answer";
  readonly id: number;
  readonly ok: boolean;
  readonly json?: string;
  readonly error?: string;
}

export type HostMessage = RunMessage | AnswerMessage;

/** Which capability a call is for. */
export type CallKind = "fetch" | "files" | "tools" | "functions";

export type ChildMessage =
  | { readonly type: "ready" }
  | { readonly type: "unavailable"; readonly reason: string }
  /** Has the program, and runs it next. */
  | { readonly type: "started" }
  | { readonly type: "output"; readonly stream: OutputStream; readonly text: string }
  | {
      readonly type: "call";
      readonly id: number;
      readonly kind: CallKind;
      readonly name: string;
      readonly args: string;
    }
  | { readonly type: "artifact"; readonly name: string; readonly base64: string }
  | { readonly type: "done"; readonly json?: string; readonly cpuMs: number }
  | {
      readonly type: "failed";
      readonly failure: RunFailure;
      readonly message: string;
      readonly line?: number;
      readonly cpuMs: number;
    };

/** A child may report these; it cannot cancel a run, and does not survive a crash. */
const reportable: ReadonlySet<unknown> = new Set<RunFailure>([
  "timeout",
  "out-of-memory",
  "thrown",
  "syntax",
  "output-limit",
  "capability-denied",
]);
const kinds: ReadonlySet<unknown> = new Set<CallKind>(["fetch", "files", "tools", "functions"]);

/**
 * A frame of a child as a message. A program that has broken out of its isolate writes what it likes, so nothing of the
 * text is taken on trust: all that comes out are strings and numbers in known places.
 *
 * @returns `undefined` when it is none of the messages
 */
export function readChildMessage(text: string): ChildMessage | undefined {
  let fields: Record<string, unknown>;
  try {
    const parsed = parseJson(text, 1);
    if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) return undefined;
    fields = parsed;
  } catch {
    return undefined;
  }
  const at = (name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);
  const type = at("type");
  switch (type) {
    case "ready":
    case "started": {
      return { type };
    }
    case "unavailable": {
      const reason = at("reason");
      return isText(reason) ? { type, reason } : undefined;
    }
    case "output": {
      const [stream, content] = [at("stream"), at("text")];
      return (stream === "stdout" || stream === "stderr") && isText(content)
        ? { type, stream, text: content }
        : undefined;
    }
    case "call": {
      const [id, kind, name, args] = [at("id"), at("kind"), at("name"), at("args")];
      if (!isCount(id) || !kinds.has(kind) || !isText(name) || !isText(args)) return undefined;
      return { type, id, kind: kind as CallKind, name, args };
    }
    case "artifact": {
      const [name, base64] = [at("name"), at("base64")];
      return isText(name) && isText(base64) ? { type, name, base64 } : undefined;
    }
    case "done": {
      const [json, cpuMs] = [at("json"), at("cpuMs")];
      if (!isAmount(cpuMs) || (json !== undefined && !isText(json))) return undefined;
      return { type, cpuMs, ...(json === undefined ? {} : { json }) };
    }
    case "failed": {
      const [failure, message, line, cpuMs] = [at("failure"), at("message"), at("line"), at("cpuMs")];
      if (!reportable.has(failure) || !isText(message) || !isAmount(cpuMs)) return undefined;
      return { type, failure: failure as RunFailure, message, cpuMs, ...(isCount(line) ? { line } : {}) };
    }
    default: {
      return undefined;
    }
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}

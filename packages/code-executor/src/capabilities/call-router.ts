import { assertNames } from "../assert-names.ts";
import { CodeExecutorError } from "../code-executor-error.ts";
import type { JsonValue } from "../protocol/json-value.ts";
import type { CallKind, Grants } from "../protocol/messages.ts";
import type {
  CallContext,
  Capabilities,
  CapabilityName,
  ExecutorCapabilities,
  RunCapabilities,
} from "./capabilities.ts";
import { fetchFunction } from "./fetch-function.ts";
import { fileFunctions } from "./file-functions.ts";
import { toolFunctions } from "./tool-functions.ts";

/** A capability's function as the router calls it: with whatever the program passed. */
export type CallTarget = (args: readonly JsonValue[], context: CallContext) => unknown;

/** What one run may call. */
export interface CallRouter {
  readonly grants: Grants;
  /** @returns `undefined` for what was not given, whatever the child believes. */
  find(kind: CallKind, name: string): CallTarget | undefined;
}

/** Options for {@link callRouter}. */
export interface CallRouterOptions {
  /** What a fetched body may have at most. */
  readonly answerBytes: number;
  readonly principal: string | undefined;
}

const capabilityNames: readonly CapabilityName[] = ["fetch", "files", "tools", "functions"];
const identifier = /^[A-Za-z_$][\w$]*$/;
/** Names in the program that are taken; the language's own can be hidden by nobody's accident either. */
const taken: ReadonlySet<string> = new Set(
  "__proto__ fetch files tools input inputFiles artifacts console setTimeout clearTimeout queueMicrotask TextEncoder TextDecoder"
    .split(" ")
    .concat(Object.getOwnPropertyNames(globalThis)),
);

/**
 * What a run may call: of the kinds that it names, those that the executor allows, each by the run's own implementation
 * or, for `true`, by the executor's. A run that names none at all gets what the executor has implementations of.
 *
 * @param named `undefined` when the run says nothing.
 * @throws CodeExecutorError `invalid` for a kind that does not exist or that the executor does not allow, and for names
 * that a program could not use
 */
export function callRouter(
  allowed: ExecutorCapabilities | undefined,
  named: RunCapabilities | undefined,
  { answerBytes, principal }: CallRouterOptions,
): CallRouter {
  if (named !== undefined) assertCapabilities(named);
  const chosen = named === undefined ? implementations(allowed) : choose(allowed, named);
  const targets = new Map<CallKind, ReadonlyMap<string, CallTarget>>();
  if (chosen.fetch !== undefined) {
    targets.set("fetch", new Map([["fetch", fetchFunction(chosen.fetch, { answerBytes, principal })]]));
  }
  if (chosen.files !== undefined) targets.set("files", fileFunctions(chosen.files, answerBytes));
  if (chosen.tools !== undefined) targets.set("tools", toolFunctions(chosen.tools));
  if (chosen.functions !== undefined) targets.set("functions", hostFunctions(chosen.functions));
  const names = (kind: CallKind): string[] => [...(targets.get(kind)?.keys() ?? [])];
  return {
    grants: {
      fetch: chosen.fetch !== undefined,
      files: names("files"),
      tools: chosen.tools === undefined ? undefined : names("tools"),
      functions: Object.fromEntries(
        Object.entries(chosen.functions ?? {}).map(([namespace, members]) => [namespace, Object.keys(members)]),
      ),
    },
    find: (kind, name) => targets.get(kind)?.get(name),
  };
}

/** @throws CodeExecutorError `invalid` naming a kind of capability that does not exist */
export function assertCapabilities(capabilities: ExecutorCapabilities): void {
  assertNames("capability", capabilities, capabilityNames);
}

function implementations(allowed: ExecutorCapabilities = {}): Capabilities {
  return Object.fromEntries(Object.entries(allowed).filter(([, implementation]) => implementation !== true));
}

function choose(allowed: ExecutorCapabilities | undefined, named: RunCapabilities): Capabilities {
  const chosen: Record<string, unknown> = {};
  for (const name of capabilityNames) {
    const own = named[name];
    if (own === undefined) continue;
    const ours = allowed?.[name];
    if (allowed !== undefined && ours === undefined) {
      throw new CodeExecutorError(
        "invalid",
        `The run names the capability "${name}", which the executor does not allow; add it to the executor's capabilities.`,
      );
    }
    const implementation: unknown = own === true ? ours : own;
    if (typeof implementation !== "object" || implementation === null) {
      throw new CodeExecutorError(
        "invalid",
        `The run names the capability "${name}" without an implementation, and the executor has none to share.`,
      );
    }
    chosen[name] = implementation;
  }
  return chosen;
}

function hostFunctions(namespaces: NonNullable<Capabilities["functions"]>): Map<string, CallTarget> {
  const found = new Map<string, CallTarget>();
  for (const [namespace, members] of Object.entries(namespaces)) {
    if (!identifier.test(namespace) || taken.has(namespace)) {
      throw new CodeExecutorError(
        "invalid",
        `functions.${namespace} would be a global of that name in the program; choose an identifier that is not taken.`,
      );
    }
    if (typeof members !== "object" || members === null) {
      throw new CodeExecutorError("invalid", `functions.${namespace} must be an object of functions.`);
    }
    for (const [name, target] of Object.entries(members)) {
      if (typeof target !== "function") {
        throw new CodeExecutorError("invalid", `functions.${namespace}.${name} is no function.`);
      }
      found.set(`${namespace}.${name}`, (args, context) => target(args, context));
    }
  }
  return found;
}

import { KitError, type Call } from "@plinth/core";

/** How an answer is kept. */
export interface CachePlan {
  /** Milliseconds for which it is fresh; above 0. */
  readonly ttlMs: number;
  readonly tags: readonly string[];
}

/** Options for {@link cachePlan}; see `CacheOptions`. */
export interface CachePlanOptions {
  readonly ttlMs: number | ((call: Call) => number | undefined);
  readonly tags: ((call: Call) => readonly string[]) | undefined;
}

const lists: ReadonlySet<string> = new Set([
  "tools/list",
  "prompts/list",
  "resources/list",
  "resources/templates/list",
]);

/** As long as a store takes them, but for the first. */
const longestTag = 512;

/**
 * Whether the answer to a call may be kept, and how; `undefined` when not.
 * @throws KitError `MISUSE` when `tags` gives what are none
 */
export function cachePlan(call: Call, { ttlMs, tags }: CachePlanOptions): CachePlan | undefined {
  const time = timeFor(call, ttlMs);
  if (!(typeof time === "number" && time > 0)) return undefined;
  const own = ownTags(call);
  return { ttlMs: time, tags: tags === undefined ? own : [...own, ...assertTags(tags(call))] };
}

function timeFor(call: Call, ttlMs: CachePlanOptions["ttlMs"]): number | undefined {
  const { method, target, catalog } = call;
  const decided = typeof ttlMs === "function" ? (): number | undefined => ttlMs(call) : undefined;
  if (method === "tools/call" && target?.kind === "tool") {
    if (target.definition.annotations?.readOnlyHint !== true) return undefined;
    return decided === undefined ? (ttlMs as number) : decided();
  }
  if (method === "resources/read" && (target?.kind === "resource" || target?.kind === "resource-template")) {
    return decided === undefined ? (target.definition.ttlMs ?? (ttlMs as number)) : decided();
  }
  if (!lists.has(method)) return undefined;
  if (decided !== undefined) return decided();
  // The catalog keeps its own pages; only templates that list resources do work each time.
  return method === "resources/list" && catalog.listers.length > 0 ? (ttlMs as number) : undefined;
}

function ownTags({ method, target, params }: Call): readonly string[] {
  if (target === undefined) return [method];
  const own = `${target.kind}:${target.name}`;
  const { uri } = params;
  // Whoever changes one of a template's resources knows its URI, and need not forget the others.
  const isOne =
    target.kind === "resource-template" && typeof uri === "string" && uri.length <= longestTag - "resource:".length;
  return isOne ? [own, `resource:${uri}`] : [own];
}

function assertTags(tags: readonly string[]): readonly string[] {
  const areTags = tags.length <= 29 && tags.every((tag) => typeof tag === "string" && tag.length <= longestTag);
  if (areTags) return tags;
  throw new KitError("MISUSE", `tags gave what are no tags; give at most 29 texts of at most ${longestTag} characters`);
}

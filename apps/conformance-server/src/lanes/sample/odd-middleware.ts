import { KitError, type Call, type ErrorCode, type Middleware, type Next, type Result } from "@plinth/core";
import { inspectContext } from "./inspect-context.ts";

/** `_meta` key of a request by which it chooses one of the {@link oddAnswers}. */
export const answerKey = "test/answer";

/** Header of a request that wants to see, in its result's `_meta`, what middleware saw. */
export const witnessHeader = "x-witness";

type Answer = (call: Call, next: Next) => unknown;

const circle: Record<string, unknown> = {};
circle["circle"] = circle;

/** A result that a middleware makes, by hand and without `next()`. */
function own(result: unknown): Answer {
  return () => result;
}

/** The operation's own result, with members set on that very object. */
function edited(changes: Readonly<Record<string, unknown>>): Answer {
  return async (_call, next) => Object.assign(await next(), changes);
}

/** What a middleware may do to an answer, right and wrong. */
export const oddAnswers: Readonly<Record<string, Answer>> = {
  empty: own({}),
  content: own({ content: [{ type: "text", text: "from a middleware" }] }),
  complete: own({ resultType: "complete", content: [] }),
  inputRequired: own({ resultType: "input_required", inputRequests: {}, requestState: "mine" }),
  inputRequiredBare: own({ resultType: "input_required" }),
  otherType: own({ resultType: "other", content: [] }),
  numberType: own({ resultType: 5 }),
  nullType: own({ resultType: null }),
  emptyType: own({ resultType: "" }),
  cached: own({ ttlMs: 1_000, cacheScope: "public", tools: [], resources: [], prompts: [], contents: [] }),
  cachedWrongly: own({ ttlMs: -1, cacheScope: "planet", tools: [] }),
  cachedOddly: own({ ttlMs: "1000", cacheScope: null, tools: [] }),
  cachedForLong: own({ ttlMs: 2 ** 53, cacheScope: "PUBLIC" }),
  cachedInPart: own({ ttlMs: 1.5, tools: [] }),
  meta: own({ _meta: { "vendor/a": 1 }, content: [] }),
  metaNull: own({ _meta: null, content: [] }),
  metaText: own({ _meta: "text", content: [] }),
  metaList: own({ _meta: [1], content: [] }),
  metaIdentity: own({ _meta: { "io.modelcontextprotocol/serverInfo": { name: "x", version: "y" } } }),
  metaIdentityNull: own({ _meta: { "io.modelcontextprotocol/serverInfo": null } }),
  protoKey: own(JSON.parse('{"__proto__":{"polluted":true},"content":[],"_meta":{"__proto__":1}}')),
  oldTools: own({
    tools: [{ name: "old", inputSchema: { type: "object" }, execution: { taskSupport: "optional" } }, null, 5],
  }),
  oldCapabilities: own({ capabilities: { tasks: {}, tools: {} } }),
  oddOutputSchema: own({
    tools: [{ name: "odd", inputSchema: { type: "object" }, outputSchema: { type: "array", items: { $ref: "#" } } }],
  }),
  undefined: own(undefined),
  null: own(null),
  text: own("text"),
  list: own([1]),
  number: own(5),
  bigint: own({ id: 10n }),
  circle: own(circle),
  date: own({ at: new Date(0), content: [] }),
  custom: own({ toJSON: () => ({ from: "toJSON" }) }),
  customText: own({ toJSON: () => "text" }),
  dropped: own({ content: [], nothing: undefined }),
  infinite: own({ content: [], far: Infinity }),
  editedType: edited({ resultType: "other" }),
  editedInputRequired: edited({ resultType: "input_required", requestState: "mine" }),
  editedCache: edited({ ttlMs: 60_000, cacheScope: "public" }),
  editedCacheWrongly: edited({ ttlMs: Number.NaN, cacheScope: 1 }),
  editedMeta: edited({ _meta: { "vendor/a": 1 } }),
  editedMetaUndefined: edited({ _meta: { "io.modelcontextprotocol/serverInfo": undefined } }),
  editedUndefined: edited({ content: undefined, tools: undefined, ttlMs: undefined }),
  editedFunction: edited({ method: () => 1, symbol: Symbol("s") }),
  editedDate: edited({ at: new Date(0) }),
  editedNaN: edited({ far: Number.NaN, list: [undefined, () => 1] }),
  editedBigint: edited({ id: 10n }),
  editedCircle: edited({ circle }),
  editedToJson: edited({ toJSON: () => "text" }),
  editedToJsonList: edited({ toJSON: () => [1] }),
  editedToJsonNothing: edited({ toJSON: () => undefined }),
  filtered: async (_call, next) => {
    const result = await next();
    for (const [key, value] of Object.entries(result)) if (Array.isArray(value)) result[key] = value.slice(0, 1);
    return result;
  },
  extended: async (_call, next) => ({ ...(await next()), "vendor/extra": true }),
  otherParams: (call, next) => next(call.with({ params: { ...call.params, name: "string", uri: "data://fixed" } })),
  twice: async (_call, next) => {
    await next();
    return next();
  },
  again: async (call, next) => {
    await next();
    return next(call.with({}));
  },
  throws: () => {
    throw new Error("hidden");
  },
  throwsNothing: () => Promise.reject(undefined),
  notifies: async (call, next) => {
    await call.context.clientLog("error", "from a middleware");
    return next();
  },
};

/** Answers as the request's `_meta` chooses, and with an error by a code as `error:<CODE>`. */
export const oddMiddleware: Middleware = async function oddMiddleware(call, next) {
  const chosen = call.context.meta[answerKey];
  if (typeof chosen !== "string") return next();
  if (chosen.startsWith("error:")) return throwError(chosen.slice("error:".length) as ErrorCode);
  const answer = Object.hasOwn(oddAnswers, chosen) ? oddAnswers[chosen] : undefined;
  return answer === undefined ? next() : ((await answer(call, next)) as Result);
};

/** Adds what it saw of the call to the result. */
export const witness: Middleware = async function witness(call, next) {
  const result = await next();
  if (call.context.http?.headers.get(witnessHeader) !== "1") return result;
  const saw = {
    params: Object.entries(call.params),
    target: call.target && { kind: call.target.kind, name: call.target.name },
    ...inspectContext(call.context),
  };
  return { ...result, "vendor/saw": saw };
};

function throwError(code: ErrorCode): never {
  throw new KitError(code, `A middleware says ${code}`, {
    retryAfterSeconds: 2.5,
    data: { wwwAuthenticate: 'Bearer error="insufficient_scope"', more: { deep: [] } },
  });
}

import { isDeepStrictEqual } from "node:util";
import type { LaneCase } from "./corpus/lane-case.ts";
import type { LaneAnswer } from "./lane-answer.ts";
import type { LanePair } from "./lane-hosts.ts";
import type { Json, WireRequest } from "./wire-request.ts";

/** A difference between the lanes that is known, wanted and written down in `docs/decisions/direct-lane.md`. */
export interface AllowedDifference {
  readonly id: string;
  /** When it shows. */
  readonly when: string;
  readonly direct: string;
  readonly sdk: string;
  /** Why the direct lane is right, with the section of the specification. */
  readonly because: string;
  /** Both answers with this difference taken out, or `undefined` where they do not show it. */
  readonly reconcile: (pair: LanePair, laneCase: LaneCase) => LanePair | undefined;
}

/** The table. A case in which the lanes differ otherwise fails the test, and so does an entry that no case shows. */
export const allowedDifferences: readonly AllowedDifference[] = [
  {
    id: "legacy-json",
    when: "a legacy request outside a session is answered without a notification",
    direct: "one JSON body",
    sdk: "an event stream with one event",
    because: "MCP 2025-11-25, transports, sending messages to the server, 5: the server returns either",
    reconcile({ direct, sdk }, { request }) {
      if (isModern(request)) return undefined;
      const { "cache-control": _cache, "x-accel-buffering": _buffering, ...headers } = sdk.headers;
      const isOneEvent = sdk.kind === "events" && sdk.messages.length === 1 && isPlain(sdk);
      if (direct.kind !== "json" || !isOneEvent) return undefined;
      const asJson = { ...headers, "content-type": "application/json" };
      const plain = withoutCompression(direct.headers);
      return { direct: { ...direct, headers: plain }, sdk: { ...sdk, kind: "json", fields: [], headers: asJson } };
    },
  },
  {
    id: "legacy-error-status",
    when: "such a request ends in UNAUTHENTICATED or FORBIDDEN",
    direct: "401 or 403, with the challenge",
    sdk: "200: the stream has begun before the error is known",
    because: "MCP 2025-11-25, authorization, error handling",
    reconcile({ direct, sdk }, { request }) {
      if (isModern(request)) return undefined;
      const { "retry-after": _after, "www-authenticate": _challenge, ...headers } = direct.headers;
      const isRefusal = direct.status === 401 || direct.status === 403;
      if (sdk.status !== 200 || !isRefusal || direct.kind !== "json" || sdk.kind !== "json") return undefined;
      return { direct: { ...direct, status: 200, headers }, sdk };
    },
  },
  {
    id: "spoiled-result",
    when: "a middleware puts into the operation's own result what JSON has no form for: a circle, a BigInt, a toJSON()",
    direct: "a masked error, or the result without it",
    sdk: "no answer at all, or one whose result is no object",
    because: "JSON-RPC 2.0, section 5: the server must reply; MCP 2026-07-28 and 2025-11-25, schema, Result",
    reconcile: ({ direct, sdk }) => (isResponse(direct) && !isResponse(sdk) ? { direct, sdk: direct } : undefined),
  },
  {
    id: "legacy-output-schema",
    when: "a middleware lists a tool whose output schema is not of type object to a legacy client",
    direct: "the schema as it is",
    sdk: "the schema as the property `result` of another one, though no tool's result is changed like that",
    because: "MCP 2025-11-25, tools, output schema: structured results must conform to it",
    reconcile({ direct, sdk }) {
      const unwrapped = sdk.messages.map(withoutWrapping);
      return isDeepStrictEqual(unwrapped, sdk.messages) ? undefined : { direct, sdk: { ...sdk, messages: unwrapped } };
    },
  },
  {
    id: "legacy-members",
    when: "a legacy request has a member `__proto__`, or the related task in its `_meta` has one that is not its id",
    direct: "handlers and middleware see it",
    sdk: "it is left out",
    because: "MCP 2025-11-25, basic, `_meta`; schema, RequestParams: further members may be there",
    reconcile({ direct, sdk }, { request }) {
      const hasMember = /"__proto__"/.test(String(request.body)) || relatedTaskHasMore(request);
      return isModern(request) || !hasMember || direct.status !== sdk.status ? undefined : { direct, sdk: direct };
    },
  },
  {
    id: "proto-capability",
    when: "`experimental` or `extensions` of a modern client's capabilities has a member `__proto__` that is no object",
    direct: "refused like any other member that is no object",
    sdk: "not looked at",
    because: "MCP 2026-07-28, schema, ClientCapabilities",
    reconcile({ direct }) {
      const [message] = direct.messages as readonly { readonly error?: { readonly message?: string } }[];
      const isRefused = message?.error?.message?.includes(".__proto__: Invalid input") === true;
      return isRefused && direct.status === 400 ? { direct, sdk: direct } : undefined;
    },
  },
  {
    id: "name-encoding",
    when: "Mcp-Name is `=?base64?=`, or encodes a text that begins with U+FEFF",
    direct: "the first is the name itself; the second keeps all of its characters",
    sdk: "the first is an encoded empty name; the second loses its first character",
    because: "MCP 2026-07-28, Streamable HTTP, value encoding",
    reconcile({ direct }, { request }) {
      const name = request.headers.find(([key]) => key.toLowerCase() === "mcp-name")?.[1].trim() ?? "";
      return name === "=?base64?=" || name.startsWith("=?base64?77u/") ? { direct, sdk: direct } : undefined;
    },
  },
];

/** Whether a request claims to be of the modern era: its `_meta` names a protocol version. */
function isModern({ body }: WireRequest): boolean {
  try {
    const { params } = JSON.parse(String(body)) as { params?: { _meta?: object } };
    return isObject(params?._meta) && "io.modelcontextprotocol/protocolVersion" in params._meta;
  } catch {
    return false;
  }
}

/** Whether `_meta` relates the request to a task, and says more of it than its id. */
function relatedTaskHasMore({ body }: WireRequest): boolean {
  try {
    const { params } = JSON.parse(String(body)) as { params?: { _meta?: Json } };
    const task = params?._meta?.["io.modelcontextprotocol/related-task"];
    return isObject(task) && Object.keys(task).some((member) => member !== "taskId");
  } catch {
    return false;
  }
}

/** Whether an answer is one response with a result that is an object, or an error. */
function isResponse({ messages }: LaneAnswer): boolean {
  const last = messages.at(-1) as Json | undefined;
  return isObject(last?.["error"]) || isObject(last?.["result"]);
}

function withoutWrapping(message: unknown): unknown {
  const text = JSON.stringify(message, (key, value: unknown) => {
    if (key !== "outputSchema" || !isObject(value) || !isObject(value["properties"])) return value;
    return value["properties"]["result"] ?? value;
  });
  return JSON.parse(text.replaceAll('"#/properties/result"', '"#"')) as unknown;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The headers that a stream would have: it is never compressed. */
function withoutCompression({
  vary,
  "content-encoding": _encoding,
  ...headers
}: LaneAnswer["headers"]): LaneAnswer["headers"] {
  const kept = vary?.split(/\s*,\s*/).filter((name) => name.toLowerCase() !== "accept-encoding") ?? [];
  return kept.length === 0 ? headers : { ...headers, vary: kept.join(", ") };
}

/** Whether a stream has no fields but those that say that an event is a message, and comments that keep it alive. */
function isPlain({ fields }: LaneAnswer): boolean {
  return fields.every((field) => field === "event: message" || field.startsWith(":"));
}

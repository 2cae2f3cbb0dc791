import type { HostName } from "../lane-hosts.ts";
import { witnessHeader } from "../sample/odd-middleware.ts";
import { legacyRequest, legacyVersions, modernRequest, type Json, type WireRequest } from "../wire-request.ts";
import { complete } from "./complete.ts";
import { errorCodeNames } from "./error-code-names.ts";
import { laneCase, type LaneCase } from "./lane-case.ts";

/** Calls of every tool, as they should be. */
const toolCalls: readonly (readonly [string, Json?])[] = [
  ["inspect", { a: 1, b: { c: [null, true, 1.5, "é"] } }],
  ["string"],
  ["lone_surrogate"],
  ["number"],
  ["nothing"],
  ["list"],
  ["free_object"],
  ["structured", { text: "hi" }],
  ["structured", { text: 5 }],
  ["structured", {}],
  ["structured"],
  ["wrong_output"],
  ["content"],
  ["with_meta"],
  ["is_error"],
  ["fails"],
  ["throws"],
  ["rejects_oddly"],
  ["unserializable"],
  ["refined", { even: 4 }],
  ["refined", { even: 3 }],
  ["refined", { even: "4" }],
  ["mirrored", {}],
  ["big"],
  ["constructor"],
  ["__proto__"],
  ["toString"],
  ["hasOwnProperty"],
  ["a".repeat(64)],
  ["a".repeat(65)],
  ["unknown"],
  [""],
  ["unknown 世界 \n"],
  ["progress", { steps: 3 }],
  ["progress", { steps: 0 }],
  ["odd_progress"],
  ["progress_then_fail"],
  ["log", { level: "error", data: { a: 1 }, logger: "l" }],
  ["log", { level: "debug" }],
  ["log", { level: "nonsense" }],
  ["log_all_levels"],
  ["log_then_too_late"],
  ["log_unserializable"],
  ["ask"],
  ["ask_several"],
  ["ask_for_page"],
  ["report_then_ask"],
  ["ask_wrongly"],
  ...errorCodeNames.map((code): [string, Json] => ["kit_error", { code }]),
  ["kit_error", { code: "RATE_LIMITED", retryAfterSeconds: 1.2 }],
  ["kit_error", { code: "UNAVAILABLE", retryAfterSeconds: -3 }],
  ["kit_error", { code: "FORBIDDEN", challenge: 'Bearer scope="x"' }],
  ["kit_error", { code: "UNAUTHENTICATED", challenge: "Bearer\r\nx: y" }],
  ["kit_error", { code: "UNAUTHENTICATED", challenge: "" }],
  ["kit_error", { code: "no code" }],
];

/** Every other method, with parameters good and bad. */
const calls: readonly (readonly [string, Json?])[] = [
  ["ping"],
  ["ping", {}],
  ["server/discover"],
  ["server/discover", { extra: 1 }],
  ["initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "c", version: "1" } }],
  ["initialize", {}],
  ["logging/setLevel", { level: "error" }],
  ["logging/setLevel", { level: "loud" }],
  ["logging/setLevel"],
  ["subscriptions/listen", { notifications: { unknown: true }, filter: 5 }],
  ["resources/subscribe", { uri: "data://fixed" }],
  ["resources/unsubscribe", { uri: "data://fixed" }],
  ["elicitation/create", { message: "m" }],
  ["sampling/createMessage", {}],
  ["roots/list"],
  ["tasks/get", { taskId: "t-1" }],
  ["tasks/get", {}],
  ["tasks/get", { taskId: 5 }],
  ["tasks/cancel", { taskId: "t-1" }],
  ["tasks/update", { taskId: "t-1" }],
  ["tasks/list"],
  ["tasks/result", { taskId: "t-1" }],
  ["vendor/double", { n: 21 }],
  ["vendor/double", { n: "x" }],
  ["vendor/double"],
  ["vendor/wrong"],
  ["vendor/echo", { a: 1, __proto: 2, name: "n" }],
  ["vendor/unknown"],
  ["vendor/echo/"],
  ["Tools/List"],
  ["tools/list "],
  [""],
  ["constructor"],
  ["__proto__"],
  ["toString"],
  ["rpc.discover"],
  ["notifications/initialized"],
  ["notifications/cancelled", { requestId: 1 }],
  ["tools/call", {}],
  ["tools/call", { name: null }],
  ["tools/call", { name: 5 }],
  ["tools/call", { name: ["string"] }],
  ["tools/call", { name: "string", arguments: null }],
  ["tools/call", { name: "string", arguments: [] }],
  ["tools/call", { name: "string", arguments: "x" }],
  ["tools/call", { name: "string", arguments: {}, task: { ttl: 5 } }],
  ["tools/call", { name: "inspect", arguments: {}, extra: { deep: [1] }, cursor: "c" }],
  ...["tools/list", "prompts/list", "resources/list", "resources/templates/list"].flatMap(
    (method): [string, Json?][] => [
      [method],
      [method, {}],
      [method, { cursor: undefined }],
      [method, { cursor: "" }],
      [method, { cursor: "nonsense" }],
      [method, { cursor: null }],
      [method, { cursor: 5 }],
      [method, { cursor: "WzEsInRvb2xzIiwic3RyaW5nIiwxXQ" }],
      [method, { cursor: "WzEsInByb21wdHMiLCJncmVldCIsMF0" }],
      [method, { cursor: "x".repeat(30_000) }],
      [method, { extra: true }],
    ],
  ),
  ["prompts/get", { name: "greet", arguments: { who: "Ada" } }],
  ["prompts/get", { name: "greet", arguments: { who: "Ada", how: "Hi" } }],
  ["prompts/get", { name: "greet", arguments: { who: 5 } }],
  ["prompts/get", { name: "greet", arguments: {} }],
  ["prompts/get", { name: "greet", arguments: null }],
  ["prompts/get", { name: "greet" }],
  ["prompts/get", { name: "plain" }],
  ["prompts/get", { name: "plain", arguments: { unknown: "x" } }],
  ["prompts/get", { name: "Grüße 世界" }],
  ["prompts/get", { name: "constructor" }],
  ["prompts/get", { name: "asking" }],
  ["prompts/get", { name: "throwing" }],
  ["prompts/get", { name: "unknown" }],
  ["prompts/get", { name: 5 }],
  ["prompts/get", {}],
  ["resources/read", { uri: "data://fixed" }],
  ["resources/read", { uri: "DATA://fixed" }],
  ["resources/read", { uri: "data://shared" }],
  ["resources/read", { uri: "data://bytes" }],
  ["resources/read", { uri: "data://gone" }],
  ["resources/read", { uri: "data://parts" }],
  ["resources/read", { uri: "data://asking" }],
  ["resources/read", { uri: "data://throwing" }],
  ["resources/read", { uri: "http://example.com" }],
  ["resources/read", { uri: "HTTP://EXAMPLE.com:80/" }],
  ["resources/read", { uri: "data://users/7" }],
  ["resources/read", { uri: "data://users/404" }],
  ["resources/read", { uri: "data://users/x" }],
  ["resources/read", { uri: "data://unknown" }],
  ["resources/read", { uri: "not a uri" }],
  ["resources/read", { uri: "" }],
  ["resources/read", { uri: 5 }],
  ["resources/read", {}],
  ["completion/complete", complete({ type: "ref/prompt", name: "greet" }, { name: "who", value: "A" })],
  [
    "completion/complete",
    complete({ type: "ref/prompt", name: "greet" }, { name: "how", value: "" }, { arguments: { who: "Ada", n: 5 } }),
  ],
  ["completion/complete", complete({ type: "ref/prompt", name: "greet" }, { name: "unknown", value: "A" })],
  ["completion/complete", complete({ type: "ref/prompt", name: "unknown" }, { name: "who", value: "A" })],
  [
    "completion/complete",
    complete({ type: "ref/resource", uri: "data://users/{userId}" }, { name: "userId", value: "1" }),
  ],
  ["completion/complete", complete({ type: "ref/resource", uri: "data://users/5" }, { name: "userId", value: "1" })],
  ["completion/complete", complete({ type: "ref/other" }, { name: "userId", value: "1" })],
  ["completion/complete", complete(null, { name: "userId", value: "1" })],
  ["completion/complete", complete({ type: "ref/prompt", name: "greet" }, { name: "who", value: 5 })],
  ["completion/complete", complete({ type: "ref/prompt", name: "greet" }, [])],
  ["completion/complete", {}],
];

const allCalls: readonly (readonly [string, Json?])[] = [
  ...toolCalls.map(([name, args]): [string, Json] => ["tools/call", { name, ...(args && { arguments: args }) }]),
  ...calls,
];

/** Every method in both eras on every kind of host, with and without a witness. */
export function* methodCases(): Generator<LaneCase> {
  for (const [method, params] of allCalls) {
    const label = `${method} ${labelOf(params)}`;
    yield laneCase(`modern ${label}`, modernRequest(method, params));
    yield laneCase(`legacy ${label}`, legacyRequest(method, params));
    const meta = { progressToken: "p", "io.modelcontextprotocol/logLevel": "debug", "vendor/x": [1] };
    const headers = { [witnessHeader]: "1" };
    yield laneCase(`modern ${label}, witnessed`, modernRequest(method, params, { meta, headers, id: "id" }));
    yield laneCase(`legacy ${label}, witnessed`, legacyRequest(method, params, { meta, headers, id: "id" }));
    for (const host of ["stateless", "off", "empty", "authenticated", "pages"] as const) {
      yield laneCase(`modern ${label}`, withBearer(host, modernRequest(method, params)), host);
      yield laneCase(`legacy ${label}`, withBearer(host, legacyRequest(method, params)), host);
    }
    const session = { "Mcp-Session-Id": "<session>" };
    yield laneCase(`modern ${label}, naming a session`, modernRequest(method, params, { headers: session }));
    if (method !== "initialize") {
      yield laneCase(
        `legacy ${label}, stateless but naming a session`,
        legacyRequest(method, params, { headers: { "Mcp-Session-Id": "unknown" } }),
        "stateless",
      );
    }
  }
  for (const version of legacyVersions) {
    for (const method of ["tools/list", "ping", "server/discover"]) {
      yield laneCase(
        `legacy ${method} of ${version}`,
        legacyRequest(method, {}, { headers: { "MCP-Protocol-Version": version } }),
      );
    }
    const inspect = legacyRequest("tools/call", { name: "inspect" }, { headers: { "MCP-Protocol-Version": version } });
    yield laneCase(`legacy inspect of ${version}`, inspect);
    yield laneCase(`legacy inspect of ${version}`, inspect, "stateless");
  }
}

function withBearer(host: HostName, request: WireRequest): WireRequest {
  return host === "authenticated"
    ? { ...request, headers: [...request.headers, ["Authorization", "Bearer ada"]] }
    : request;
}

function labelOf(params: Json | undefined): string {
  const text = params === undefined ? "" : JSON.stringify(params);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

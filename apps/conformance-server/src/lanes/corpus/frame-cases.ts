import { witnessHeader } from "../sample/odd-middleware.ts";
import { legacyRequest, modernRequest, post } from "../wire-request.ts";
import { envelopeText as meta, frame, frameHeaders as modernHeaders, type Frame } from "./frame.ts";
import { laneCase, type LaneCase } from "./lane-case.ts";

/** JSON texts of ids. */
const ids = [
  "0",
  "-0",
  "-1",
  "1",
  "1.0",
  "1.5",
  "1e3",
  "1e400",
  "-1e400",
  "9007199254740991",
  "9007199254740992",
  "-9007199254740993",
  "123456789012345678901234567890",
  '""',
  '"1"',
  '"é世界\\u0000\\ud800"',
  `"${"x".repeat(1_000)}"`,
  '"__proto__"',
  "null",
  "true",
  "false",
  "{}",
  "[]",
  "[1]",
];

/** JSON texts of `params._meta`, without the envelope. */
const metas = [
  "null",
  "[]",
  '"x"',
  "5",
  "{}",
  '{"progressToken":0}',
  '{"progressToken":-1}',
  '{"progressToken":1.5}',
  '{"progressToken":1e400}',
  '{"progressToken":9007199254740992}',
  '{"progressToken":""}',
  '{"progressToken":"p"}',
  '{"progressToken":null}',
  '{"progressToken":true}',
  '{"progressToken":{}}',
  '{"progressToken":[1]}',
  '{"io.modelcontextprotocol/related-task":{"taskId":"t"}}',
  '{"io.modelcontextprotocol/related-task":{"taskId":"t","extra":1}}',
  '{"io.modelcontextprotocol/related-task":{"taskId":5}}',
  '{"io.modelcontextprotocol/related-task":{}}',
  '{"io.modelcontextprotocol/related-task":null}',
  '{"io.modelcontextprotocol/related-task":"t"}',
  '{"io.modelcontextprotocol/subscriptionId":"s"}',
  '{"io.modelcontextprotocol/serverInfo":{"name":"x","version":"y"}}',
  '{"__proto__":{"polluted":true}}',
  '{"__proto__":null}',
  '{"constructor":{"prototype":{}},"toString":1}',
  '{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","tracestate":5,"baggage":""}',
  '{"vendor/deep":{"a":{"__proto__":{"b":1}}}}',
  '{"progressToken":"a","progressToken":"b"}',
];

/** JSON texts of members that a message may have besides the usual ones. */
const extras = [
  '"extra":1',
  '"result":{}',
  '"error":{}',
  '"error":null',
  '"__proto__":{"a":1}',
  '"jsonrpc":"2.0"',
  '"id":7',
  '"method":"ping"',
  '"constructor":1',
];

/** JSON-RPC requests, well-formed and not: ids, members, parameters, `_meta`. */
export function* frameCases(): Generator<LaneCase> {
  for (const id of ids) {
    yield* both(`id ${id.slice(0, 60)}`, { id });
    yield laneCase(
      `error for id ${id.slice(0, 60)}`,
      modernRequest("tools/call", {}, { body: frame({ id, params: `{"_meta":${meta}}` }) }),
    );
    yield laneCase(
      `refusal for id ${id.slice(0, 60)}`,
      post(frame({ id, meta }), { ...modernHeaders, "Mcp-Method": "other" }),
    );
  }
  for (const sent of metas) {
    yield* both(`_meta ${sent}`, { meta: sent });
    yield laneCase(`modern header, legacy body, _meta ${sent}`, post(frame({ meta: sent }), modernHeaders));
    yield laneCase(
      `notification with _meta ${sent}`,
      post(`{"jsonrpc":"2.0","method":"notifications/x","params":{"_meta":${sent}}}`),
    );
  }
  for (const extra of extras) yield* both(`member ${extra}`, { extra });
  for (const jsonrpc of [undefined, '"1.0"', '"2"', "2.0", "null", '"2.0 "']) {
    yield* both(`jsonrpc ${jsonrpc}`, { jsonrpc });
  }
  for (const method of [
    undefined,
    "null",
    "5",
    "[]",
    '""',
    '"tools/call "',
    '"TOOLS/CALL"',
    '"__proto__"',
    '"\\ud800"',
  ]) {
    yield* both(`method ${method}`, { method });
  }
  for (const params of [
    undefined,
    "null",
    "[]",
    "[1]",
    '"x"',
    "5",
    "true",
    "{}",
    '{"name":"inspect"}',
    '{"name":"inspect","name":"string"}',
  ]) {
    yield* both(`params ${params}`, { params });
  }
  for (const member of [
    '"__proto__":{"name":"string"}',
    '"arguments":{"__proto__":{"a":1},"constructor":2}',
    '"arguments":{"a":{"__proto__":5}}',
    '"arguments":{"a":1e400,"b":-0,"c":12345678901234567890}',
    '"arguments":{"":""," ":" ","\\u0000":"\\ud800"}',
    '"toString":"x","hasOwnProperty":1,"valueOf":null',
    '"inputResponses":{"a":{"__proto__":1}}',
    '"task":{"ttl":1}',
    '"cursor":5',
  ]) {
    const params = (inner: string): string => `{"name":"inspect",${member}${inner}}`;
    yield laneCase(
      `modern ${member}`,
      post(frame({ params: params(`,"_meta":${meta}`) }), { ...modernHeaders, [witnessHeader]: "1" }),
    );
    yield laneCase(`legacy ${member}`, post(frame({ params: params("") }), { [witnessHeader]: "1" }));
    yield laneCase(
      `legacy ${member}, with _meta`,
      post(frame({ params: params(',"_meta":{"a":1}') }), { [witnessHeader]: "1" }),
    );
  }
}

/** The frame in both eras; `_meta` joins the envelope in the modern one where it can. */
function* both(label: string, given: Frame): Generator<LaneCase> {
  const joined =
    given.meta?.startsWith("{") === true
      ? `${meta.slice(0, -1)}${given.meta === "{}" ? "" : `,${given.meta.slice(1, -1)}`}}`
      : given.meta;
  const body = frame({ ...given, meta: joined ?? meta });
  yield laneCase(`modern ${label}`, post(body, { ...modernHeaders, [witnessHeader]: "1" }));
  yield laneCase(`legacy ${label}`, {
    ...legacyRequest("", undefined, { body: frame(given), headers: { [witnessHeader]: "1" } }),
  });
  yield laneCase(`legacy ${label}`, legacyRequest("", undefined, { body: frame(given) }), "stateless");
}

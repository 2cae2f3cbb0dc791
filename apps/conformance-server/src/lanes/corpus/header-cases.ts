import { legacyRequest, legacyVersions, modernRequest, type HeaderChanges, type Json } from "../wire-request.ts";
import { laneCase, type LaneCase } from "./lane-case.ts";

/** Modern requests whose headers are changed: method, parameters. */
const modern: readonly (readonly [string, Json])[] = [
  ["tools/call", { name: "string" }],
  ["tools/call", { name: "constructor" }],
  ["tools/call", {}],
  ["tools/list", {}],
  ["resources/read", { uri: "data://fixed" }],
  ["prompts/get", { name: "Grüße 世界" }],
  ["tasks/get", { taskId: "t-1" }],
  ["tasks/get", {}],
  ["vendor/echo", { name: "n" }],
  ["vendor/unknown", {}],
  ["server/discover", {}],
  ["initialize", {}],
  ["ping", {}],
];

const versions = [
  ...legacyVersions,
  "2026-07-28",
  "2026-07-29",
  "2027-01-01",
  "9999-99-99",
  "2026-7-28",
  "2026-07-28 ",
  " 2026-07-28",
  "\t2026-07-28\t",
  "2026-07-28,2026-07-28",
  "1.0",
  "0",
  "latest",
  "",
  " ",
  "é",
];

const odd = ["", " ", "\t", "null", "undefined", "é", "\u00ff", '"quoted"', "a, b", "*", "x".repeat(5_000)];

const base64 = (text: string | Buffer): string => Buffer.from(text).toString("base64");

/** Values of `Mcp-Name`, for a body whose name is `string`. */
const names = [
  ...odd,
  "string",
  "String",
  "string2",
  " string ",
  `=?base64?${base64("string")}?=`,
  `=?base64?${base64("other")}?=`,
  `=?BASE64?${base64("string")}?=`,
  `=?base64?${base64("string")}`,
  `?base64?${base64("string")}?=`,
  `=?base64?${base64("string").replaceAll("=", "")}?=`,
  `=?base64?${base64("string")}=?=`,
  `=?base64? ${base64("string")}?=`,
  "=?base64??=",
  "=?base64?=",
  "=?base64?",
  "=?base64?====?=",
  "=?base64?!!!!?=",
  "=?base64?c3RyaW5?=",
  `=?base64?${base64(Buffer.from([0xff, 0xfe]))}?=`,
  `=?base64?${base64("\ufeffstring")}?=`,
  `=?base64?${base64("string\u0000")}?=`,
  "=?utf-8?B?c3RyaW5n?=",
  "%73tring",
];

/** Every header of a request changed: left out, empty, wrong, twice, with white space, encoded, in another case. */
export function* headerCases(): Generator<LaneCase> {
  for (const [method, params] of modern) {
    for (const [name, value, headers] of changesFor(method)) {
      yield laneCase(
        `modern ${method} ${JSON.stringify(params)}, ${name}: ${JSON.stringify(value)}`,
        modernRequest(method, params, { headers }),
      );
    }
  }
  yield* nameCases();
  yield* legacyHeaderCases();
}

function* changesFor(method: string): Generator<readonly [string, unknown, HeaderChanges]> {
  const single = (name: string, values: readonly (string | readonly string[] | undefined)[]) =>
    values.map((value) => [name, value, { [name]: value }] as const);
  yield* single("MCP-Protocol-Version", [
    undefined,
    ...versions,
    ["2026-07-28", "2026-07-28"],
    ["2026-07-28", "2025-11-25"],
  ]);
  yield* single("Mcp-Method", [
    undefined,
    ...odd,
    method.toUpperCase(),
    ` ${method}`,
    `${method}x`,
    "tools/list",
    [method, method],
  ]);
  yield* single("Mcp-Name", [undefined, ...odd, ["string", "string"]]);
  yield* single("Mcp-Session-Id", ["", "unknown", "<session>"]);
  const without = (...names: string[]): HeaderChanges => Object.fromEntries(names.map((name) => [name, undefined]));
  for (const names of [
    ["MCP-Protocol-Version", "Mcp-Method"],
    ["Mcp-Method", "Mcp-Name"],
    ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"],
  ]) {
    yield [names.join(), undefined, without(...names)];
  }
  yield ["case of names", "mixed", { "MCP-Protocol-Version": undefined, "mcp-protocol-VERSION": "2026-07-28" }];
  yield ["several faults", "", { "MCP-Protocol-Version": "2025-11-25", "Mcp-Method": "x", "Mcp-Name": "y" }];
  yield ["several faults", "", { "Mcp-Method": "x", "Mcp-Name": "=?base64?!?=" }];
}

function* nameCases(): Generator<LaneCase> {
  for (const name of names) {
    const headers = { "Mcp-Name": name };
    yield laneCase(
      `Mcp-Name ${JSON.stringify(name)} for a tool`,
      modernRequest("tools/call", { name: "string" }, { headers }),
    );
    yield laneCase(`Mcp-Name ${JSON.stringify(name)} for no name`, modernRequest("tools/call", {}, { headers }));
    yield laneCase(
      `Mcp-Name ${JSON.stringify(name)} for an empty name`,
      modernRequest("tools/call", { name: "" }, { headers }),
    );
    yield laneCase(`Mcp-Name ${JSON.stringify(name)} for itself`, modernRequest("tools/call", { name }, { headers }));
    yield laneCase(
      `Mcp-Name ${JSON.stringify(name)} for a task`,
      modernRequest("tasks/get", { taskId: "string" }, { headers }),
    );
    yield laneCase(`Mcp-Name ${JSON.stringify(name)} for a list`, modernRequest("tools/list", {}, { headers }));
  }
  for (const name of [
    "Grüße 世界",
    "\ufeffname",
    "\u0000",
    " padded ",
    "=?base64??=",
    "=?base64?=",
    "a\tb",
    "\ud83d\ude00",
  ]) {
    yield laneCase(`a prompt named ${JSON.stringify(name)}, encoded`, modernRequest("prompts/get", { name }));
    const always = { "Mcp-Name": `=?base64?${base64(name)}?=` };
    yield laneCase(
      `a prompt named ${JSON.stringify(name)}, encoded anyway`,
      modernRequest("prompts/get", { name }, { headers: always }),
    );
  }
}

function* legacyHeaderCases(): Generator<LaneCase> {
  for (const method of ["tools/list", "tools/call", "vendor/unknown", "ping"]) {
    const params = method === "tools/call" ? { name: "inspect" } : {};
    for (const version of [undefined, ...versions, ["2025-11-25", "2025-11-25"]]) {
      const headers = { "MCP-Protocol-Version": version };
      for (const host of ["sessions", "stateless", "off"] as const) {
        yield laneCase(
          `legacy ${method} of version ${JSON.stringify(version)}`,
          legacyRequest(method, params, { headers }),
          host,
        );
      }
    }
    for (const [name, value] of [
      ["Mcp-Method", "other/method"],
      ["Mcp-Method", ""],
      ["Mcp-Name", "=?base64?!?="],
      ["Mcp-Session-Id", ""],
      ["Mcp-Session-Id", "unknown"],
      ["Mcp-Session-Id", "é"],
      ["Last-Event-ID", "5"],
    ] as const) {
      for (const host of ["sessions", "stateless", "off"] as const) {
        yield laneCase(
          `legacy ${method} with ${name}: ${value}`,
          legacyRequest(method, params, { headers: { [name]: value } }),
          host,
        );
      }
    }
  }
}

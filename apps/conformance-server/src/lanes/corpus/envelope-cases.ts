import { envelope, modernRequest, type Json } from "../wire-request.ts";
import { laneCase, type LaneCase } from "./lane-case.ts";

const prefix = "io.modelcontextprotocol/";

const values: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  1.5,
  "",
  "text",
  [],
  [null],
  {},
  { a: 1 },
  { a: { b: [] } },
];

const implementation: Json = {
  name: "n",
  title: "t",
  version: "1",
  websiteUrl: "https://x.example",
  description: "d",
  icons: [{ src: "s", mimeType: "image/png", sizes: ["1x1"], theme: "dark" }],
};

const capabilities: Json = {
  experimental: { feature: { a: 1 } },
  sampling: { context: {}, tools: {} },
  elicitation: { form: { applyDefaults: true }, url: {} },
  roots: { listChanged: true },
  extensions: { "vendor/x": { a: [] } },
  tasks: { list: {}, requests: {} },
};

/** Every key of the envelope missing, null and of each wrong type, at every depth; versions, log levels, combinations. */
export function* envelopeCases(): Generator<LaneCase> {
  for (const key of ["protocolVersion", "clientInfo", "clientCapabilities", "logLevel"]) {
    for (const value of values) {
      yield inspect(`${key} ${JSON.stringify(value)}`, { ...envelope, [prefix + key]: value });
    }
  }
  for (const info of mutants(implementation)) {
    yield inspect(`clientInfo ${JSON.stringify(info)}`, { ...envelope, [`${prefix}clientInfo`]: info });
  }
  for (const declared of mutants(capabilities)) {
    yield inspect(`clientCapabilities ${JSON.stringify(declared)}`, {
      ...envelope,
      [`${prefix}clientCapabilities`]: declared,
    });
  }
  for (const version of [
    "2026-07-28",
    "2025-11-25",
    "2024-11-05",
    "2026-07-29",
    "2027-01-01",
    "9",
    "",
    "DRAFT-2026",
    "2026-07-28\u0000",
    "é",
  ]) {
    for (const header of [version, "2026-07-28", "2025-11-25", undefined]) {
      // What HTTP cannot carry is for the header cases.
      if (header !== undefined && !/^[\x20-\x7e]*$/.test(header)) continue;
      const headers = { "MCP-Protocol-Version": header };
      const meta = { ...envelope, [`${prefix}protocolVersion`]: version };
      yield inspect(`version ${JSON.stringify(version)} under header ${header}`, meta, headers);
    }
  }
  for (const level of [
    "debug",
    "info",
    "notice",
    "warning",
    "error",
    "critical",
    "alert",
    "emergency",
    "DEBUG",
    "warn",
    "",
  ]) {
    const meta = { ...envelope, [`${prefix}logLevel`]: level };
    const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "log_all_levels", _meta: meta } };
    yield laneCase(`log level ${level}`, modernRequest("tools/call", { name: "log_all_levels" }, { body }));
  }
  const faults: Json = { protocolVersion: 5, clientInfo: { name: 5 }, clientCapabilities: [], logLevel: "loud" };
  const keys = Object.keys(faults);
  for (let subset = 1; subset < 2 ** keys.length; subset += 1) {
    const chosen = keys.filter((_, index) => (subset & (2 ** index)) !== 0);
    const wrong = Object.fromEntries(chosen.map((key) => [prefix + key, faults[key]]));
    yield inspect(`wrong ${chosen.join()}`, { ...envelope, ...wrong });
    yield inspect(
      `only ${chosen.join()}`,
      Object.fromEntries(chosen.map((key) => [prefix + key, envelope[prefix + key] ?? "info"])),
    );
    yield inspect(
      `missing ${chosen.join()}`,
      Object.fromEntries(Object.entries(envelope).filter(([key]) => !chosen.includes(key.slice(prefix.length)))),
    );
  }
  for (const extra of [
    { progressToken: null },
    { progressToken: 1 },
    { "io.modelcontextprotocol/unknown": 5 },
    { "vendor/x": { __proto: 1 } },
    { "io.modelcontextprotocol/related-task": { taskId: 1 } },
  ]) {
    yield inspect(`with ${JSON.stringify(extra)}`, { ...envelope, ...extra });
  }
}

/** The value with each of its parts, at every depth, replaced by each of {@link values}; and with a part more. */
function* mutants(value: unknown): Generator {
  yield* values;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      for (const mutant of mutants(item)) yield value.with(index, mutant);
    }
  } else if (typeof value === "object" && value !== null) {
    yield { ...value, unknown: null };
    yield Object.defineProperty({ ...value }, "__proto__", { value: 5, enumerable: true });
    for (const [name, member] of Object.entries(value)) {
      for (const mutant of mutants(member)) yield { ...value, [name]: mutant };
    }
  }
}

function inspect(name: string, meta: unknown, headers = {}): LaneCase {
  const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "inspect", _meta: meta } };
  return laneCase(`envelope, ${name}`, modernRequest("tools/call", { name: "inspect" }, { body, headers }));
}

import { legacyRequest, modernRequest } from "../wire-request.ts";
import { laneCase, type LaneCase } from "./lane-case.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Arguments that headers mirror, and headers that mirror something else. */
export function* parameterHeaderCases(): Generator<LaneCase> {
  const values: readonly (readonly [string, unknown, readonly (string | undefined)[]])[] = [
    ["region", "eu", [undefined, "eu", "EU", "", "us", `=?base64?${base64("eu")}?=`, "=?base64?!?=", " eu "]],
    ["region", "", [undefined, "", "=?base64??="]],
    ["region", "世界", [undefined, "世界", `=?base64?${base64("世界")}?=`]],
    ["region", null, [undefined, "", "null"]],
    ["region", 5, [undefined, "5", "eu"]],
    ["shard", 42, [undefined, "42", "42.0", "042", "4.2e1", "0x2a", " 42", "43"]],
    ["shard", -1, ["-1", "1"]],
    ["shard", 1.5, [undefined, "1.5"]],
    ["shard", 2 ** 53, [undefined, "9007199254740992"]],
    ["shard", "42", [undefined, "42"]],
    ["dry", true, [undefined, "true", "True", "1", "false"]],
    ["dry", false, ["false", "true"]],
    ["other", "x", [undefined, "x"]],
  ];
  const header = {
    region: "Mcp-Param-Region",
    shard: "Mcp-Param-Shard",
    dry: "Mcp-Param-Dry-Run",
    other: "Mcp-Param-Other",
  };
  for (const [name, value, sent] of values) {
    for (const text of sent) {
      const headers = { [header[name as keyof typeof header]]: text };
      const params = { name: "mirrored", arguments: { [name]: value } };
      const label = `argument ${name} ${JSON.stringify(value)} mirrored as ${JSON.stringify(text)}`;
      yield laneCase(label, modernRequest("tools/call", params, { headers }));
      yield laneCase(`legacy ${label}`, legacyRequest("tools/call", params, { headers }));
    }
  }
  for (const args of [
    undefined,
    null,
    [],
    "x",
    { nested: { zone: "a" } },
    { nested: null },
    { region: "eu", shard: 1 },
  ]) {
    const params = { name: "mirrored", arguments: args };
    yield laneCase(`arguments ${JSON.stringify(args)} without mirrors`, modernRequest("tools/call", params));
    const headers = { "Mcp-Param-Zone": "a", "Mcp-Method": undefined };
    yield laneCase(
      `arguments ${JSON.stringify(args)}, mirror and no method`,
      modernRequest("tools/call", params, { headers }),
    );
  }
  const doubled = { "Mcp-Param-Region": ["eu", "eu"] };
  yield laneCase(
    "a mirror sent twice",
    modernRequest("tools/call", { name: "mirrored", arguments: { region: "eu" } }, { headers: doubled }),
  );
}

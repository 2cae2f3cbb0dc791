import type { LaneHosts } from "../lane-hosts.ts";
import { envelope, legacyRequest, modernRequest, type Json, type RequestOptions } from "../wire-request.ts";
import { laneCase, type LaneCase } from "./lane-case.ts";

const accepted = { action: "accept", content: { name: "Ada" } };
const noCapabilities = { "io.modelcontextprotocol/clientCapabilities": {} };

/** What a client may send for `inputResponses` when one question is open, `elicit-1`. */
const responses: readonly unknown[] = [
  undefined,
  null,
  [],
  "x",
  5,
  {},
  { "elicit-1": accepted },
  { "elicit-1": { action: "decline" } },
  { "elicit-1": { action: "cancel" } },
  { "elicit-1": { action: "accept" } },
  { "elicit-1": { action: "accept", content: { name: 5 } } },
  { "elicit-1": { action: "other" } },
  { "elicit-1": null },
  { "elicit-1": [] },
  { "elicit-1": "accept" },
  { "elicit-1": { method: "elicitation/create", result: accepted } },
  { "elicit-1": { method: "x", ...accepted } },
  { "elicit-1": { result: accepted } },
  { "elicit-1": { jsonrpc: "2.0", id: 1, result: accepted } },
  { "elicit-1": accepted, extra: accepted },
  { "elicit-2": accepted },
  { __proto: accepted, constructor: accepted },
];

/** Calls that ask the client, answered in every way; states that are whole, spoiled, and somebody else's. */
export async function inputCases(hosts: LaneHosts): Promise<readonly LaneCase[]> {
  const ask = { name: "ask", arguments: { a: 1 } };
  const first = await roundOf(hosts, "tools/call", ask);
  const several = await roundOf(hosts, "tools/call", { name: "ask_several" });
  const prompt = await roundOf(hosts, "prompts/get", { name: "asking" });
  const resource = await roundOf(hosts, "resources/read", { uri: "data://asking" });
  const headers = { Authorization: "Bearer ada" };
  const ofAda = await roundOf(hosts, "tools/call", ask, { headers }, "authenticated");
  const cases: LaneCase[] = [];
  const add = (name: string, method: string, params: Json, options: RequestOptions = {}): void => {
    cases.push(laneCase(`modern ${name}`, modernRequest(method, params, options)));
    cases.push(laneCase(`legacy ${name}`, legacyRequest(method, params, options)));
  };

  for (const inputResponses of responses) {
    const label = JSON.stringify(inputResponses);
    add(`answer ${label} with the state`, "tools/call", { ...ask, inputResponses, requestState: first });
    add(`answer ${label} without a state`, "tools/call", { ...ask, inputResponses });
    add(`answer ${label} to a tool that does not ask`, "tools/call", {
      name: "inspect",
      inputResponses,
      requestState: first,
    });
    add(`answer ${label} to a list`, "tools/list", { inputResponses, requestState: first });
    add(`answer ${label} to a prompt`, "prompts/get", { name: "asking", inputResponses, requestState: prompt });
    add(`answer ${label} to a resource`, "resources/read", {
      uri: "data://asking",
      inputResponses,
      requestState: resource,
    });
    add(`answer ${label} to an extension`, "vendor/echo", { inputResponses, requestState: 5 });
  }
  const states: readonly unknown[] = [
    undefined,
    null,
    0,
    1.5,
    true,
    [],
    {},
    "",
    "x",
    "null",
    first.slice(0, -1),
    `${first}A`,
    first.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
    `A${first.slice(1)}`,
    first.toUpperCase(),
    ` ${first}`,
    several,
    prompt,
    resource,
    ofAda,
    "A".repeat(70_000),
  ];
  for (const requestState of states) {
    const label = JSON.stringify(requestState)?.slice(0, 40);
    const inputResponses = { "elicit-1": accepted };
    add(`state ${label} with an answer`, "tools/call", { ...ask, inputResponses, requestState });
    add(`state ${label} alone`, "tools/call", { ...ask, requestState });
    add(`state ${label} for other arguments`, "tools/call", {
      ...ask,
      arguments: { a: 2 },
      inputResponses,
      requestState,
    });
    add(`state ${label} for another tool`, "tools/call", { name: "ask_again", inputResponses, requestState });
    add(`state ${label} for a tool that does not ask`, "tools/call", { name: "string", inputResponses, requestState });
    add(`state ${label} for a list`, "tools/list", { requestState });
    add(`state ${label} for a prompt`, "prompts/get", { name: "asking", requestState });
    for (const who of ["ada", "alan", "nobody"]) {
      const request = modernRequest(
        "tools/call",
        { ...ask, inputResponses, requestState },
        { headers: { Authorization: `Bearer ${who}` } },
      );
      cases.push(laneCase(`state ${label} from ${who}`, request, "authenticated"));
    }
  }
  const answers = {
    who: accepted,
    poem: { role: "assistant", model: "m", content: { type: "text", text: "Roses" } },
    roots: { roots: [{ uri: "file:///a" }] },
  };
  for (const [name, inputResponses] of [
    ["all", answers],
    ["one", { who: accepted }],
    ["wrong ones", { who: accepted, poem: { role: "robot" }, roots: { roots: [{ uri: "http://x" }] } }],
    ["all and a later one", { ...answers, color: { action: "accept", content: { color: "red" } } }],
  ] as const) {
    add(`${name} of several answers`, "tools/call", { name: "ask_several", inputResponses, requestState: several });
  }
  for (const declared of [
    {},
    { elicitation: {} },
    { elicitation: { url: {} } },
    { sampling: {} },
    { roots: {} },
    { elicitation: { form: {} }, sampling: {} },
  ]) {
    const meta = { "io.modelcontextprotocol/clientCapabilities": declared, progressToken: 1 };
    for (const name of ["ask", "ask_several", "ask_for_page", "report_then_ask"]) {
      add(`${name} of a client with ${JSON.stringify(declared)}`, "tools/call", { name }, { meta });
    }
    add(`a prompt asks a client with ${JSON.stringify(declared)}`, "prompts/get", { name: "asking" }, { meta });
  }
  add("asks nobody in particular", "tools/call", ask, { meta: noCapabilities });
  return cases;
}

/** The sealed state of a first round. */
async function roundOf(
  hosts: LaneHosts,
  method: string,
  params: Json,
  options: RequestOptions = {},
  host: "sessions" | "authenticated" = "sessions",
): Promise<string> {
  const body = await hosts.send(host, "direct", modernRequest(method, params, { meta: envelope, ...options }));
  const { result } = JSON.parse(body) as { result?: { requestState?: string } };
  if (result?.requestState === undefined) throw new Error(`${method} asked nothing: ${body}`);
  return result.requestState;
}

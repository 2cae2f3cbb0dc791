import { answerKey, oddAnswers, witnessHeader } from "../sample/odd-middleware.ts";
import { legacyRequest, modernRequest, type Json } from "../wire-request.ts";
import { complete } from "./complete.ts";
import { errorCodeNames } from "./error-code-names.ts";
import { laneCase, type LaneCase } from "./lane-case.ts";

/** The SDK lane never answers these, and each takes the time that a client waits. */
const unanswered: ReadonlySet<string> = new Set(["editedBigint", "editedCircle"]);

/** Methods whose results a middleware may change. */
const changeable: readonly (readonly [string, Json])[] = [
  ["tools/call", { name: "structured", arguments: { text: "hi" } }],
  ["tools/list", {}],
  ["resources/list", {}],
  ["resources/read", { uri: "data://fixed" }],
  ["prompts/get", { name: "plain" }],
  ["completion/complete", complete({ type: "ref/prompt", name: "greet" }, { name: "who", value: "A" })],
  ["server/discover", {}],
  ["vendor/double", { n: 1 }],
];

/** Every result and error that a middleware may make of every kind of operation. */
export function* answerCases(): Generator<LaneCase> {
  for (const [index, [method, params]] of changeable.entries()) {
    for (const answer of [...Object.keys(oddAnswers), ...errorCodeNames.map((code) => `error:${code}`)]) {
      if (index > 1 && unanswered.has(answer)) continue;
      const meta = { [answerKey]: answer, "io.modelcontextprotocol/logLevel": "debug" };
      yield laneCase(`modern ${method} answered by ${answer}`, modernRequest(method, params, { meta }));
      if (method === "server/discover") continue;
      yield laneCase(`legacy ${method} answered by ${answer}`, legacyRequest(method, params, { meta }));
    }
  }
}

/** Lists long enough to be kept as bytes, with all that a middleware may do to them. */
export function* longListCases(): Generator<LaneCase> {
  for (const method of ["tools/list", "prompts/list", "resources/list", "resources/templates/list"]) {
    for (const answer of [undefined, ...Object.keys(oddAnswers)]) {
      if (answer !== undefined && unanswered.has(answer)) continue;
      const meta = {
        "io.modelcontextprotocol/logLevel": "debug",
        ...(answer !== undefined && { [answerKey]: answer }),
      };
      for (const headers of [{}, { [witnessHeader]: "1" }, { "Accept-Encoding": "gzip" }]) {
        const label = `${method} answered by ${answer ?? "itself"}, ${JSON.stringify(headers)}`;
        yield laneCase(`modern ${label}`, modernRequest(method, {}, { meta, headers, id: "é" }), "long");
        yield laneCase(`legacy ${label}`, legacyRequest(method, {}, { meta, headers }), "long");
      }
    }
  }
}

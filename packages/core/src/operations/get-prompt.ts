import { describeProblems } from "../definitions/schema-problems.ts";
import { toPromptResult } from "../definitions/to-prompt-result.ts";
import { KitError } from "../errors/kit-error.ts";
import { quote } from "../errors/quote.ts";
import type { Operation } from "../pipeline/operation.ts";
import { optionalObject, requireString } from "./params.ts";

/** `prompts/get` (MCP 2026-07-28, prompts, getting a prompt). */
export const getPrompt: Operation = {
  method: "prompts/get",
  capability: "prompts",
  target: (catalog, params) => catalog.prompts.get(params["name"] as string),
  async run(call, catalog) {
    const name = requireString(call.params, "name", call.method);
    const sent = optionalObject(call.params, "arguments", call.method);
    const prompt = catalog.prompts.get(name);
    if (prompt === undefined) {
      throw new KitError("NOT_FOUND", `Unknown prompt: ${quote(name)}. prompts/list names those there are.`);
    }
    const checked =
      prompt.arguments === undefined ? { ok: true as const, value: {} } : await prompt.arguments.check(sent);
    if (!checked.ok) {
      const problems = describeProblems(checked.problems);
      throw new KitError("INVALID_PARAMS", `Invalid arguments for prompt ${quote(name)}: ${problems}`);
    }
    return toPromptResult(await prompt.definition.render(checked.value, call.context), prompt.definition);
  },
};

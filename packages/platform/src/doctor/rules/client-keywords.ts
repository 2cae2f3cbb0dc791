import type { Severity } from "../finding.ts";
import type { Rule } from "../rule.ts";
import type { SchemaNode } from "../schema-nodes.ts";
import { showText } from "../show-text.ts";
import { trailText } from "../trail.ts";

interface LimitedKeyword {
  readonly shown: string;
  readonly severity: Severity;
  readonly who: string;
  readonly isIn: (node: SchemaNode) => boolean;
}

const has =
  (keyword: string) =>
  ({ schema }: SchemaNode): boolean =>
    Object.hasOwn(schema, keyword);

/** Below the root, where another rule looks. */
const hasBelowRoot =
  (keyword: string) =>
  (node: SchemaNode): boolean =>
    node.parent !== undefined && has(keyword)(node);

const limited: readonly LimitedKeyword[] = [
  {
    shown: "$ref",
    severity: "warning",
    who: "Gemini refuses most references, and several clients do not resolve them",
    isIn: (node) => has("$ref")(node) || has("$dynamicRef")(node),
  },
  {
    shown: "prefixItems",
    severity: "warning",
    who: "VS Code and Gemini do not take tuples",
    isIn: (node) => has("prefixItems")(node) || Array.isArray(node.schema["items"]),
  },
  {
    shown: "type: [...]",
    severity: "info",
    who: "Gemini's function declarations take one type",
    isIn: ({ schema }) => Array.isArray(schema["type"]),
  },
  ...["patternProperties", "dependentSchemas", "dependentRequired", "unevaluatedProperties", "contains"].map(openAi),
  ...["not", "if"].map(openAi),
  { ...openAi("allOf"), isIn: hasBelowRoot("allOf") },
];

function openAi(keyword: string): LimitedKeyword {
  return {
    shown: keyword,
    severity: "info",
    who: "OpenAI's strict mode and Gemini do not take it",
    isIn: has(keyword),
  };
}

export const clientKeywords: Rule = {
  id: "client-keywords",
  severity: "warning",
  finds:
    "keywords in a tool's input that not every client takes: `$ref` and tuples (warnings), `type` lists and others (infos)",
  why:
    "Providers take a part of JSON Schema each. Good clients translate what they can, others pass on the error. OpenAI's rule that in " +
    "strict mode every member is required and nothing else allowed is not checked: its clients see to that or leave strict mode.",
  remedy:
    "Write the type where it is used, a list of one type in the place of a tuple, and conditions into the handler.",
  sources: [
    "Vertex AI and Gemini API, function declarations: a subset of the OpenAPI 3.0 schema object",
    "Gemini API: `$ref ... was set alongside unsupported fields`, `reference to undefined schema`",
    "VS Code, tool schema fixups: arrays without items, tuples",
    "OpenAI, Structured Outputs, supported schemas: not supported are allOf, not, dependentRequired, dependentSchemas, if, then, else",
  ],
  *check({ tools }) {
    for (const tool of tools) {
      for (const { shown, severity, who, isIn } of limited) {
        const found = tool.inputNodes.find((node) => isIn(node));
        if (found === undefined) continue;
        yield { component: tool, severity, message: `${showText(trailText(found), 200)} uses ${shown}: ${who}.` };
      }
    }
  },
};

import { type AnyPlinthServer, type CatalogEntry, locationOf, originOf } from "@plinth/core";
import { isRecord, member } from "./json-record.ts";
import { listedTexts, type ListedText } from "./listed-texts.ts";
import { type NodeBudget, type SchemaNode, schemaNodes } from "./schema-nodes.ts";

/** Objects that are looked at in one catalog: more than any real one has, and few enough to end in seconds. */
const mostNodes = 1_000_000;

/** A parameter of a tool, or an argument of a prompt. */
export interface ExaminedParameter {
  readonly name: string;
  /** Its own description, or that of what it refers to. */
  readonly description: string | undefined;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** A component of the catalog, with what rules look at taken out of its listing. */
export interface ExaminedComponent {
  readonly kind: CatalogEntry["kind"];
  readonly name: string;
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly mimeType: string | undefined;
  /** Where it was defined, for people. */
  readonly origin: string | undefined;
  /** Where it was defined: an absolute path. */
  readonly location: { readonly path: string; readonly line: number } | undefined;
  readonly parameters: readonly ExaminedParameter[];
  readonly texts: readonly ListedText[];
  /** Bytes of the listing. */
  readonly bytes: number;
}

/** A tool, likewise. */
export interface ExaminedTool extends ExaminedComponent {
  readonly kind: "tool";
  /** The root of the input schema. */
  readonly input: Readonly<Record<string, unknown>>;
  /** All schemas of the input, the root first. */
  readonly inputNodes: readonly SchemaNode[];
  /** The same of the output; empty without an output schema. */
  readonly outputNodes: readonly SchemaNode[];
  /** As declared: what was left out is `undefined`, whatever the protocol takes for granted then. */
  readonly hints: { readonly readOnly: boolean | undefined; readonly destructive: boolean | undefined };
  readonly timeoutMs: number | undefined;
  /** The handler as it is written; helpers that it calls are not in it. */
  readonly handlerText: string;
}

/** A catalog, taken apart once for all rules. */
export interface Examination {
  readonly server: string;
  readonly components: readonly ExaminedComponent[];
  readonly tools: readonly ExaminedTool[];
  /** Bytes of all tools in `tools/list`. */
  readonly toolBytes: number;
  /** Whether there was more than could be looked at. */
  readonly incomplete: boolean;
}

/** Takes a server's catalog apart. Starts nothing and calls nothing of the team's. */
export function examine({ name, catalog }: AnyPlinthServer): Examination {
  const budget: NodeBudget = { left: mostNodes };
  const tools = [...catalog.tools.values()].map((entry) => examineTool(entry, budget));
  const others = [catalog.prompts, catalog.resources, catalog.resourceTemplates].flatMap((entries) =>
    [...entries.values()].map((entry: CatalogEntry) => examineComponent(entry, budget)),
  );
  return {
    server: name,
    tools,
    components: [...tools, ...others],
    toolBytes: tools.reduce((sum, { bytes }) => sum + bytes, 0),
    incomplete: budget.left <= 0,
  };
}

function examineTool(entry: CatalogEntry & { readonly kind: "tool" }, budget: NodeBudget): ExaminedTool {
  const { definition, listed } = entry;
  const input = member(listed, "inputSchema");
  const inputNodes = schemaNodes(input, { key: "inputSchema", parent: undefined }, budget);
  const annotations = member(listed, "annotations");
  return {
    ...examineComponent(entry, budget),
    kind: "tool",
    input: isRecord(input) ? input : {},
    inputNodes,
    outputNodes: schemaNodes(member(listed, "outputSchema"), { key: "outputSchema", parent: undefined }, budget),
    parameters: parametersOf(input),
    hints: { readOnly: hint(annotations, "readOnlyHint"), destructive: hint(annotations, "destructiveHint") },
    timeoutMs: definition.timeoutMs,
    handlerText: textOf(definition.handler),
  };
}

function examineComponent(entry: CatalogEntry, budget: NodeBudget): ExaminedComponent {
  const { kind, name, listed, definition } = entry;
  return {
    kind,
    name,
    title: text(listed, "title"),
    description: text(listed, "description"),
    mimeType: text(listed, "mimeType"),
    origin: originOf(definition),
    location: locationOf(definition),
    parameters: kind === "prompt" ? argumentsOf(listed) : [],
    texts: listedTexts(listed, budget),
    bytes: bytesOf(listed),
  };
}

function parametersOf(input: unknown): readonly ExaminedParameter[] {
  const properties = member(input, "properties");
  return Object.entries(isRecord(properties) ? properties : {}).map(([name, value]) => {
    const schema = isRecord(value) ? value : {};
    return { name, schema, description: descriptionOf(schema, input) };
  });
}

/** A description stands in the schema, in one of its branches (`.optional()` makes some), or in what it refers to. */
function descriptionOf(schema: unknown, input: unknown): string | undefined {
  const branches = ["anyOf", "oneOf", "allOf"].flatMap((keyword) => {
    const list = member(schema, keyword);
    return Array.isArray(list) ? (list as readonly unknown[]) : [];
  });
  const [, table = "", name = ""] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(text(schema, "$ref") ?? "") ?? [];
  const target = member(member(input, table), name);
  return [schema, ...branches, target].map((place) => text(place, "description")?.trim()).find(Boolean);
}

function argumentsOf(listed: unknown): readonly ExaminedParameter[] {
  const list = member(listed, "arguments");
  return (Array.isArray(list) ? (list as readonly unknown[]) : []).filter(isRecord).map((argument) => ({
    name: text(argument, "name") ?? "",
    description: text(argument, "description")?.trim() || undefined,
    schema: { type: "string" },
  }));
}

function text(record: unknown, key: string): string | undefined {
  const value = member(record, key);
  return typeof value === "string" ? value : undefined;
}

/** A function as it is written, whatever it says of itself. */
function textOf(handler: unknown): string {
  return typeof handler === "function" ? Function.prototype.toString.call(handler).slice(0, 200_000) : "";
}

function hint(annotations: unknown, key: string): boolean | undefined {
  const value = member(annotations, key);
  return typeof value === "boolean" ? value : undefined;
}

/** A listing that is not JSON has no size; the catalog of a server has none such. */
function bytesOf(listed: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(listed) ?? "");
  } catch {
    return 0;
  }
}

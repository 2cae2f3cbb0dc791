import type { JsonSchema } from "@plinth/core";

/** What a tool says about its effects; hints, as its author gave them (MCP, tools, annotations). */
export interface ToolHints {
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
  readonly openWorldHint?: boolean;
}

/** A tool as `tools/list` shows it to the caller. */
export interface ListedTool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema?: JsonSchema;
  readonly annotations?: ToolHints;
  /** What the tool's definition has as `meta`. */
  readonly _meta?: Readonly<Record<string, unknown>>;
}

import type { ListKind, ListPage } from "../catalog/catalog.ts";
import { listResources } from "../catalog/list-resources.ts";
import type { Result } from "../pipeline/call.ts";
import type { Operation } from "../pipeline/operation.ts";
import { optionalCursor } from "./params.ts";

/** The four lists (MCP 2026-07-28, pagination). The catalog keeps each page that it has rendered. */
export const lists: readonly Operation[] = [
  list("tools/list", "tools", "tools"),
  list("prompts/list", "prompts", "prompts"),
  list("resources/templates/list", "resources", "resourceTemplates"),
  {
    method: "resources/list",
    capability: "resources",
    run: async (call, catalog) =>
      toResult("resources", await listResources(catalog, optionalCursor(call.params, call.method), call.context)),
  },
];

function list(method: string, capability: NonNullable<Operation["capability"]>, kind: ListKind): Operation {
  return {
    method,
    capability,
    run: async (call, catalog) => toResult(kind, catalog.page(kind, optionalCursor(call.params, method))),
  };
}

function toResult(kind: ListKind, { items, nextCursor }: ListPage): Result {
  return { [kind]: items, ...(nextCursor !== undefined && { nextCursor }) };
}

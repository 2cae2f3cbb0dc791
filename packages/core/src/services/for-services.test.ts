import { expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import type { Context } from "../context/context.ts";
import { definePrompt } from "../definitions/prompt.ts";
import { defineResource } from "../definitions/resource.ts";
import { defineTool, type ToolDefinition } from "../definitions/tool.ts";
import { forServices } from "./for-services.ts";
import { service } from "./service.ts";

const services = { db: service({ start: () => ({ rows: 3 }) }), clock: service({ start: async () => Date.now }) };
interface Live {
  readonly db: { rows: number };
  readonly clock: () => number;
}

it("gives handlers their services with their types, and costs nothing at run time", () => {
  const definers = forServices<typeof services>();

  const tool = definers.defineTool({
    name: "count",
    input: z.object({ table: z.string() }),
    handler: ({ table }, ctx) => {
      expectTypeOf(table).toBeString();
      expectTypeOf(ctx.services.db).toEqualTypeOf<{ rows: number }>();
      expectTypeOf(ctx.services.clock).toEqualTypeOf<() => number>();
      // @ts-expect-error no such service
      void ctx.services.cache;
      return `${table}: ${ctx.services.db.rows}`;
    },
  });
  definers.defineResource({
    uri: "data://rows/{id}",
    params: z.object({ id: z.string() }),
    read: ({ id }, ctx) => {
      expectTypeOf(id).toBeString();
      expectTypeOf(ctx.services.db.rows).toBeNumber();
      return id;
    },
  });
  definers.definePrompt({
    name: "summary",
    arguments: z.object({ topic: z.string() }),
    render: ({ topic }, ctx) => {
      expectTypeOf(ctx).toExtend<Context<Live>>();
      return topic;
    },
  });

  expectTypeOf(tool).toExtend<ToolDefinition<Live>>();
  expectTypeOf(defineTool({ name: "free", handler: () => "any server" })).toExtend<ToolDefinition<Live>>();
  expect(definers).toEqual({ defineTool, defineResource, definePrompt });
});

it("refuses a component whose services the server does not have", () => {
  const { defineTool: needsDatabase } = forServices<typeof services>();
  const tool = needsDatabase({ name: "count", handler: (_, ctx) => ctx.services.db.rows });

  expectTypeOf(tool).not.toExtend<ToolDefinition<{ readonly cache: string }>>();
  expect(tool.kind).toBe("tool");
});

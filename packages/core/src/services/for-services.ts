import { definePrompt, type PromptDefinition, type PromptOptions } from "../definitions/prompt.ts";
import { defineResource, type ResourceDefinition, type ResourceOptions } from "../definitions/resource.ts";
import type { Schema } from "../definitions/schema.ts";
import { defineTool, type DefinedTool, type ToolOptions } from "../definitions/tool.ts";
import type { ServiceDefinitions, ServicesOf } from "./service.ts";

/** The define functions with `ctx.services` typed. Functions and not methods, because they are taken out. */
export interface ServiceDefiners<Services> {
  readonly defineTool: <
    const Input extends Schema | undefined = undefined,
    const Output extends Schema | undefined = undefined,
  >(
    options: ToolOptions<Input, Output, Services>,
  ) => DefinedTool<Input, Output, Services>;
  readonly defineResource: <const Params extends Schema | undefined = undefined>(
    options: ResourceOptions<Params, Services>,
  ) => ResourceDefinition<Services>;
  readonly definePrompt: <const Arguments extends Schema | undefined = undefined>(
    options: PromptOptions<Arguments, Services>,
  ) => PromptDefinition<Services>;
}

const definers = Object.freeze({ defineTool, defineResource, definePrompt });

/**
 * The define functions for components that use services: `const { defineTool } = forServices<typeof services>()`. Types
 * only: they are the very functions that the package exports.
 */
export function forServices<Definitions extends ServiceDefinitions>(): ServiceDefiners<ServicesOf<Definitions>> {
  return definers;
}

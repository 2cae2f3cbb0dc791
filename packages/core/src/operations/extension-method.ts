import type { Context } from "../context/context.ts";
import { compileSchema } from "../definitions/compile-schema.ts";
import { describeProblems } from "../definitions/schema-problems.ts";
import type { Schema, SchemaInput, SchemaOutput } from "../definitions/schema.ts";
import type { Awaitable } from "../definitions/tool.ts";
import { KitError } from "../errors/kit-error.ts";
import type { Result } from "../pipeline/call.ts";
import type { Operation } from "../pipeline/operation.ts";

/** Options for an extension method. */
export interface ExtensionMethodOptions<Params extends Schema, ResultSchema extends Schema | undefined> {
  /** The parameters, an object. */
  readonly params: Params;
  /** The result, an object; checked before it leaves. @default unchecked */
  readonly result?: ResultSchema;
  /** The extension that the method belongs to, announced under `capabilities.extensions`. @default the method itself */
  readonly extension?: string;
  /** The extension's settings, announced with it. @default {} */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Does an extension method's work. */
export type ExtensionHandler<Params extends Schema, ResultSchema extends Schema | undefined, Services> = (
  params: SchemaOutput<Params>,
  context: Context<Services>,
) => Awaitable<ResultSchema extends Schema ? SchemaInput<ResultSchema> : Readonly<Record<string, unknown>>>;

/** Makes an operation of an extension method; it runs through the same pipeline as every other. */
export function extensionMethod<Params extends Schema, ResultSchema extends Schema | undefined>(
  method: string,
  options: ExtensionMethodOptions<Params, ResultSchema>,
  // `any`: whether the server has the services that the handler wants was checked where the method was added.
  handler: ExtensionHandler<Params, ResultSchema, any>,
): Operation {
  const params = compileSchema(options.params, { use: "input", owner: `method ${JSON.stringify(method)}` });
  const result =
    options.result && compileSchema(options.result, { use: "output", owner: `method ${JSON.stringify(method)}` });
  return {
    method,
    async run(call): Promise<Result> {
      const checked = await params.check(call.params);
      if (!checked.ok) {
        throw new KitError("INVALID_PARAMS", `Invalid params for ${method}: ${describeProblems(checked.problems)}`);
      }
      const returned = await handler(checked.value as SchemaOutput<Params>, call.context);
      if (result === undefined) return { ...(returned as Readonly<Record<string, unknown>>) };
      const outcome = await result.check(returned);
      if (!outcome.ok) {
        throw new KitError(
          "INVALID_OUTPUT",
          `${method} returned a wrong result: ${describeProblems(outcome.problems)}`,
        );
      }
      return { ...(outcome.value as Record<string, unknown>) };
    },
  };
}

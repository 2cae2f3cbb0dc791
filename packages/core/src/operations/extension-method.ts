import type { Context } from "../context/context.ts";
import type { Awaitable } from "../definitions/awaitable.ts";
import { compileSchema } from "../definitions/compile-schema.ts";
import { describeProblems } from "../definitions/schema-problems.ts";
import type { Schema, SchemaInput, SchemaOutput } from "../definitions/schema.ts";
import { KitError } from "../errors/kit-error.ts";
import { quote } from "../errors/quote.ts";
import { isRecord } from "../json/is-record.ts";
import { toJsonValue } from "../json/json-value.ts";
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

/** The first segments of methods that belong to the specification; the SDK serves some of these itself. */
const reservedSpaces: ReadonlySet<string> = new Set([
  "completion",
  "elicitation",
  "initialize",
  "logging",
  "notifications",
  "ping",
  "prompts",
  "resources",
  "roots",
  "rpc",
  "sampling",
  "server",
  "subscriptions",
  "tools",
]);

/**
 * Refuses a name that is not of the form `vendor/thing`, or that the specification may use.
 * @throws KitError `MISUSE`
 */
export function assertExtensionMethod(method: string): void {
  const isNamespaced = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)+$/.test(method);
  if (isNamespaced && !reservedSpaces.has(method.split("/", 1)[0] ?? "")) return;
  throw new KitError(
    "MISUSE",
    `${quote(method)} cannot be an extension method: name it vendor/thing, outside the specification's name spaces`,
  );
}

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
      const returned: unknown = await handler(checked.value as SchemaOutput<Params>, call.context);
      const outcome = (await result?.check(returned)) ?? { ok: true as const, value: returned };
      if (!outcome.ok) {
        throw new KitError(
          "INVALID_OUTPUT",
          `${method} returned a wrong result: ${describeProblems(outcome.problems)}`,
        );
      }
      const sent = toJsonValue(outcome.value, method);
      if (isRecord(sent)) return { ...sent };
      throw new KitError("INVALID_OUTPUT", `${method} returned no object: an MCP result is one`);
    },
  };
}

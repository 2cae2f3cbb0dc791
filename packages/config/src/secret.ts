import { inspect } from "node:util";
import { z } from "zod";
import { markSecret } from "./setting.ts";

const mask = "[secret]";

/**
 * A value that never prints itself. `String()`, templates, concatenation, `JSON.stringify`, `util.inspect`,
 * `console.log` and structured loggers all show `[secret]`; only {@link Secret.reveal} gives the value, so that every
 * use can be found by searching for it.
 */
export class Secret<Value = string> {
  static {
    // Not a method: a computed name that is no literal has no place in an isolated declaration.
    Object.defineProperty(this.prototype, inspect.custom, { value: () => mask });
  }

  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
    Object.freeze(this);
  }

  /** The value itself. Call it where the value is used, not earlier. */
  reveal(): Value {
    return this.#value;
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [Symbol.toPrimitive](): string {
    return mask;
  }
}

/** A zod schema whose output is a {@link Secret} around what `Schema` yields. */
export type SecretSchema<Schema extends z.ZodType> = z.ZodPipe<
  Schema,
  z.ZodTransform<Secret<z.output<Schema>>, z.output<Schema>>
>;

/**
 * Marks a setting as secret: it loads as a {@link Secret}, may come from a file named by `NAME_FILE`, and is redacted
 * in every report and description.
 *
 * @param schema What the value must be. Without one: text that is not empty. Put `.optional()` after `secret(...)`, not
 * inside.
 * @throws TypeError when `schema` turns an absent value into `undefined`, which would make an empty `Secret`.
 */
export function secret(): SecretSchema<z.ZodString>;
export function secret<Schema extends z.ZodType>(schema: Schema): SecretSchema<Schema>;
export function secret(schema: z.ZodType = z.string().min(1)): SecretSchema<z.ZodType> {
  const absent = schema.safeParse(undefined);
  if (absent.success && absent.data === undefined) {
    throw new TypeError("secret() was given an optional schema; write secret(schema).optional() instead");
  }
  return markSecret(schema.transform((value) => new Secret(value)));
}

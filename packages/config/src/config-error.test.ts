import { inspect } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { integer, json, list, oneOf, url } from "./coerce.ts";
import { ConfigError, printable } from "./config-error.ts";
import { defineConfig } from "./define-config.ts";
import { describe as describeConfig } from "./describe.ts";
import { loadConfig } from "./load-config.ts";
import { duration } from "./quantity.ts";
import { secret } from "./secret.ts";

const quoting = z.string().refine(() => false, { error: (issue) => `cannot use ${String(issue.input)}` });

const definition = defineConfig({
  groups: {
    app: z.object({
      text: secret(z.string().max(3)),
      quoted: secret(quoting),
      address: secret(url({ protocols: ["postgres"] })),
      choice: secret(oneOf(["a"])),
      count: secret(integer()).default(() => secret(integer()).parse("7654321")),
      every: secret(duration()).prefault("7654321ms"),
      keys: list(secret(z.string().max(3))),
      tree: json(z.object({ deep: z.object({ key: secret(z.string().max(3)) }) })),
      thrown: secret(z.string().transform((text) => new URL(text))),
    }),
  },
});

function renderings(error: unknown): string[] {
  const bare = inspect(error, { showHidden: true, customInspect: false, depth: 9 });
  return [String(error), inspect(error), bare, JSON.stringify(error), (error as Error).stack ?? ""];
}

describe("ConfigError", () => {
  it("never shows a secret, wherever it came from and whatever is wrong with it", () => {
    const names = definition.settings.map(({ variable }) => variable);
    const placed = fc.subarray([...names, ...names.map((name) => `${name}_FILE`)], { minLength: 1 });
    fc.assert(
      fc.property(fc.string({ minLength: 4, unit: "grapheme" }), placed, (tail, variables) => {
        const value = `hunter2${tail.replaceAll("\0", "")}`;
        const env = Object.fromEntries(variables.map((name) => [name, value]));
        const app = Object.fromEntries(definition.settings.map(({ path }) => [path.at(-1), value]));
        const attempts = [{ env }, { env: {}, overrides: { app, [`x${value}`.slice(0, 1)]: value } as object }];

        for (const attempt of attempts) {
          let caught: unknown;
          try {
            loadConfig(definition, { ...attempt, envFile: false });
          } catch (error) {
            caught = error;
          }

          expect(ConfigError.isInstance(caught)).toBe(true);
          for (const rendering of renderings(caught)) expect(rendering).not.toContain("hunter2");
        }
      }),
      { numRuns: 60 },
    );
  });

  it("comes from a schema whose description shows no secret default either", () => {
    const { envExample, markdown } = describeConfig(definition);

    expect(envExample + markdown).not.toContain("7654321");
    expect(envExample).toContain("# Optional, secret: a whole number.\n# APP_COUNT=\n# APP_COUNT_FILE=");
  });

  it("is told from other errors by its brand, across copies of the package", () => {
    const error = new ConfigError([{ kind: "unknown", name: "a", message: "is not a known key" }]);

    const recognised = [error, new Error("no"), null, "ConfigError", {}].map((value) => ConfigError.isInstance(value));

    expect(recognised).toEqual([true, false, false, false, false]);
    expect(error).toMatchObject({ name: "ConfigError", code: "CONFIG_INVALID" });
    expect(error.message).toBe("The configuration has 1 problem:\n- a: is not a known key");
  });
});

describe("printable", () => {
  it("keeps a value on one line and short, and hides the credentials of a URL", () => {
    expect(printable("a\nb")).toBe('"a\\nb"');
    expect(printable("x".repeat(1000))).toHaveLength(120);
    expect(printable('https://me:p@ss"w@host/')).toBe('"https://[redacted]@host/"');
    expect(printable(undefined)).toBe("undefined");
    expect(printable(5n)).toBe("a bigint");
  });
});

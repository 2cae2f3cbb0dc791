import { describe, expect, it } from "vitest";
import { z } from "zod";
import { boolean, integer, list } from "./coerce.ts";
import { defineConfig } from "./define-config.ts";
import { secret } from "./secret.ts";
import { setting } from "./setting.ts";

function variablesIn(shape: z.core.$ZodShape, prefix?: string): string[] {
  const definition = defineConfig({ groups: { http: z.object(shape) }, ...(prefix === undefined ? {} : { prefix }) });
  return definition.settings.map(({ variable }) => variable);
}

describe("defineConfig", () => {
  it("names variables after the path, a word of it at a time", () => {
    const nested = z.object({ keyID: z.string() });

    const names = variablesIn({
      port: z.string(),
      bodyLimit: z.string(),
      baseURL: z.string(),
      ipv6: z.string(),
      tls: nested,
    });

    expect(names).toEqual(["HTTP_PORT", "HTTP_BODY_LIMIT", "HTTP_BASE_URL", "HTTP_IPV6", "HTTP_TLS_KEY_ID"]);
  });

  it("puts the prefix before every variable", () => {
    expect(variablesIn({ port: z.string() }, "PLINTH")).toEqual(["PLINTH_HTTP_PORT"]);
  });

  it.each(["plinth", "PLINTH_", "_P", "", "1P", "P-Q"])("refuses the prefix %j", (prefix) => {
    expect(() => variablesIn({ port: z.string() }, prefix)).toThrow(`The prefix ${JSON.stringify(prefix)} must be`);
  });

  it.each([
    ["number", z.number()],
    ["number", z.number().int().min(1).default(3).readonly()],
    ["boolean", z.boolean().optional()],
    ["boolean", z.coerce.boolean()],
    ["date", z.date()],
    ["array", z.array(z.string())],
    ["record", z.record(z.string(), z.string())],
  ])("refuses a zod %s, which no text of a variable could satisfy", (kind, schema) => {
    expect(() => variablesIn({ value: schema })).toThrow(
      `http.value is a zod ${kind}, which cannot be read from the text`,
    );
  });

  it("takes every schema that text can satisfy", () => {
    const shape = {
      coerced: z.coerce.number(),
      flag: z.stringbool(),
      mode: z.enum(["a", "b"]),
      address: z.email(),
      either: z.union([z.literal("auto"), integer()]),
      items: list().default([]),
      on: boolean().optional(),
      lazy: z.lazy(() => z.string()),
      prepared: z.preprocess(Number, z.number()),
    };

    expect(variablesIn(shape)).toHaveLength(9);
  });

  it("refuses two settings that one variable would set", () => {
    expect(() => variablesIn({ bodyLimit: z.string(), body: z.object({ limit: z.string() }) })).toThrow(
      "http.body.limit and http.bodyLimit would both be set by HTTP_BODY_LIMIT",
    );
    expect(() => variablesIn({ key: secret(), keyFile: z.string() })).toThrow("would both be set by HTTP_KEY_FILE");
    expect(() => variablesIn({ a: setting(z.string(), { aliases: ["CONFIG_FILE"] }) })).toThrow(
      "the path of the JSON file",
    );
  });

  it.each(["__proto__", "a-b", "a.b", "", "1a", "ключ"])("refuses the key %j", (key) => {
    expect(() => variablesIn({ [key]: z.string() })).toThrow("must be letters and digits in camelCase");
  });

  it("refuses a group that is no object", () => {
    const groups = { http: list() };

    expect(() => defineConfig({ groups })).toThrow("The group http must be a z.object of settings");
  });

  it("finds the marks of a setting through everything that wraps it", () => {
    const hidden = list(secret()).optional().describe("Keys").readonly();
    const shared = setting(z.string().default("a"), { aliases: ["SHARED"] })
      .optional()
      .describe("Both");

    const { settings } = defineConfig({ groups: { app: z.object({ hidden, shared }) } });

    expect(settings).toMatchObject([
      { secret: true, fileVariable: "APP_HIDDEN_FILE", description: "Keys" },
      { secret: false, fileVariable: undefined, aliases: ["SHARED"], description: "Both" },
    ]);
  });
});

import { parseEnv } from "node:util";
import * as fc from "fast-check";
import { describe as suite, expect, it } from "vitest";
import { z } from "zod";
import { boolean, integer, json, list } from "./coerce.ts";
import { defineConfig } from "./define-config.ts";
import { describe } from "./describe.ts";
import { loadConfig } from "./load-config.ts";
import { platformConfig } from "./platform-config.ts";
import { duration } from "./quantity.ts";
import { Secret, secret } from "./secret.ts";
import { setting } from "./setting.ts";

const definition = defineConfig({
  prefix: "APP",
  groups: {
    database: z
      .object({
        url: secret().describe("Where the\ndata | lives."),
        pool: z.object({ size: integer({ min: 1 }).default(10), idle: duration().default(90_000) }),
        name: setting(z.enum(["a", "b"]), { aliases: ["NAME"] }),
      })
      .describe("The store."),
    tls: z.object({ cert: z.string(), key: secret().default(new Secret("hunter2")) }).optional(),
  },
});

suite("the description", () => {
  it("writes a .env.example with every variable", () => {
    const { envExample } = describe(definition);

    expect(envExample).toBe(`# Rendered from the configuration schema. Copy it to .env and fill in what has no default.
# An empty variable counts as not set.

# Path of a JSON file with settings; what is set here and in the environment wins over it.
# APP_CONFIG_FILE=

# database: The store.

# Where the data | lives.
# Required, secret: text that is not empty.
APP_DATABASE_URL=
# APP_DATABASE_URL_FILE=

# Required: a or b.
# Also read from NAME.
APP_DATABASE_NAME=

# database.pool

# Optional: a whole number of at least 1.
# APP_DATABASE_POOL_SIZE=10

# Optional: a duration from 0ms to 24d, such as 30s.
# APP_DATABASE_POOL_IDLE=90s

# tls

# Optional: text.
# APP_TLS_CERT=

# Optional, secret: text that is not empty.
# APP_TLS_KEY=
# APP_TLS_KEY_FILE=
`);
  });

  it("writes a Markdown table for each group", () => {
    const { markdown } = describe(definition);

    expect(markdown).toContain(`## database

The store.

| Variable                    | Key             | Type                   | Default  | Secret | Description              |
| --------------------------- | --------------- | ---------------------- | -------- | ------ | ------------------------ |
| \`APP_DATABASE_URL\`          | \`database.url\`  | text that is not empty | required | yes    | Where the data \\| lives. |
| \`APP_DATABASE_NAME\`, \`NAME\` | \`database.name\` | a or b                 | required |        |                          |
`);
    expect(markdown).not.toContain("hunter2");
  });

  it("writes defaults that load as the defaults they stand for", () => {
    const platform = defineConfig({ groups: platformConfig });
    const uncommented = describe(platform).envExample.replaceAll(/^# ([A-Z_]+=.+)$/gm, "$1");

    const config = loadConfig(platform, { env: parseEnv(uncommented), envFile: false });

    expect(uncommented).toContain("\nHTTP_BODY_LIMIT=4MiB\n");
    expect(config).toEqual(loadConfig(platform, { env: {}, envFile: false }));
  });

  it("quotes any default so that it reads back, or leaves it out, and never lets it out of its comment", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.oneof(
            fc.constantFrom("'", '"', "`", "#", "\\", " ", "\n", "\r", "$", "n"),
            fc.string({ maxLength: 1 }),
          ),
        }),
        (value) => {
          const shape = {
            text: z.string().default(value),
            tree: json(z.any()).default([value]),
            on: boolean().default(true),
          };
          const { envExample } = describe(defineConfig({ groups: { app: z.object(shape) } }));

          const lines = envExample.split("\n");
          const read = (name: string) =>
            parseEnv(lines.find((line) => line.startsWith(`# ${name}=`))?.slice(2) ?? "")[name];

          expect(lines.filter((line) => line !== "" && !line.startsWith("# "))).toEqual([]);
          expect([value, ""]).toContain(read("APP_TEXT"));
          expect([JSON.stringify([value]), ""]).toContain(read("APP_TREE"));
          expect(read("APP_ON")).toBe("true");
        },
      ),
      // A backslash and an n between two kinds of quotes, which random texts have once in thousands.
      { examples: [["\\n`'"]] },
    );
  });

  it("writes defaults of every type as they would be typed", () => {
    const shape = {
      big: z.coerce.bigint().default(5n),
      ratio: z.coerce.number().default(0.5),
      names: list().default(["a", "b"]),
      tree: json(z.object({ a: z.number() })).default({ a: 1 }),
    };

    const { envExample } = describe(defineConfig({ groups: { app: z.object(shape) } }));

    const defaults = envExample.match(/(?<=^# APP_)\w+=.*$/gm);
    expect(defaults).toEqual(["BIG=5", "RATIO=0.5", "NAMES=a,b", "TREE='{\"a\":1}'"]);
  });

  it("leaves out a default that fails to compute", () => {
    const broken = list().default((): string[] => {
      throw new Error("no default here");
    });

    const { envExample } = describe(defineConfig({ groups: { app: z.object({ broken }) } }));

    expect(envExample).toContain("APP_BROKEN=\n");
  });
});

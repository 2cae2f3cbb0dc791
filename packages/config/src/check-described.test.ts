import { appendFileSync, mkdtempDisposableSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkDescribed, writeDescribed } from "./check-described.ts";
import { defineConfig } from "./define-config.ts";
import { platformConfig } from "./platform-config.ts";

const definition = defineConfig({ groups: platformConfig });
const files = { envExample: ".env.example", markdown: "reference.md" };

describe("checkDescribed", () => {
  it("passes what writeDescribed wrote, with either line ending", () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "plinth-config-"));
    const here = { ...files, cwd: folder.path };
    writeDescribed(definition, here);
    const path = join(folder.path, ".env.example");
    writeFileSync(path, readFileSync(path, "utf8").replaceAll("\n", "\r\n"));

    expect(() => checkDescribed(definition, here)).not.toThrow();
  });

  it("names every file that is outdated or missing, and the first line that differs", () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "plinth-config-"));
    const path = join(folder.path, ".env.example");
    writeDescribed(definition, { envExample: path });
    const lines = readFileSync(path, "utf8").split("\n").length;
    appendFileSync(path, "MORE=1\n");

    const check = () => checkDescribed(definition, { ...files, cwd: folder.path });

    expect(check).toThrow(`- .env.example: no longer matches the schema from line ${lines} on; write it anew`);
    expect(check).toThrow("- reference.md: does not exist");
  });

  it("notices a setting that was added to the schema", () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "plinth-config-"));
    const { log: _, ...fewer } = platformConfig;
    writeDescribed(defineConfig({ groups: fewer }), { ...files, cwd: folder.path });

    const check = () => checkDescribed(definition, { ...files, cwd: folder.path });

    expect(check).toThrow("The configuration has 2 problems:");
  });
});

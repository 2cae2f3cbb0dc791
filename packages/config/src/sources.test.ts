import { mkdirSync, mkdtempDisposableSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ConfigError } from "./config-error.ts";
import { defineConfig } from "./define-config.ts";
import { loadConfig } from "./load-config.ts";
import { secret } from "./secret.ts";
import type { SourceOptions } from "./sources.ts";

const definition = defineConfig({
  groups: { app: z.object({ key: secret().optional(), name: z.string().optional() }) },
});

/** Loads from files of a folder of its own; the content of each by its name. */
function loadFrom(
  files: Record<string, string | Uint8Array>,
  options: SourceOptions,
): { key?: string; name?: string } | string {
  using folder = mkdtempDisposableSync(join(tmpdir(), "plinth-config-"));
  mkdirSync(join(folder.path, "folder"));
  symlinkSync("loop", join(folder.path, "loop"));
  symlinkSync("..data", join(folder.path, "link"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder.path, name), content);
  try {
    const { app } = loadConfig(definition, { env: {}, cwd: folder.path, ...options });
    return { ...(app.key && { key: app.key.reveal() }), ...(app.name !== undefined && { name: app.name }) };
  } catch (error) {
    if (ConfigError.isInstance(error)) return error.message.replace("The configuration has 1 problem:\n- ", "");
    throw error;
  }
}

describe("secret files", () => {
  it("give their trimmed content, through links too", () => {
    expect(loadFrom({ "key.txt": " \uFEFFhunter2\n\n" }, { env: { APP_KEY_FILE: "key.txt" } })).toEqual({
      key: "hunter2",
    });
    expect(loadFrom({ "..data": "\uFEFFhunter2" }, { env: { APP_KEY_FILE: "link" } })).toEqual({ key: "hunter2" });
    expect(loadFrom({ ".env": "APP_KEY_FILE=key", key: "a b" }, {})).toEqual({ key: "a b" });
  });

  it.each([
    ["nowhere", "does not exist"],
    ["key/under", "does not exist"],
    ["folder", "is not a regular file"],
    ["/dev/zero", "is not a regular file"],
    ["loop", "is a loop of symbolic links"],
    ["blank", "is empty"],
    ["binary", "is not UTF-8 text"],
    ["huge", "is larger than 1 MiB"],
    ["nul\0byte", "cannot be read (ERR_INVALID_ARG_VALUE)"],
  ])("that are %j are a problem", (path, reason) => {
    const files = { key: "x", blank: " \n", binary: Uint8Array.of(0xff, 0xfe), huge: "x".repeat(2 ** 20 + 1) };

    const report = loadFrom(files, { env: { APP_KEY_FILE: path } });

    expect(report).toBe(`APP_KEY_FILE (app.key, environment): the file that it names ${reason}`);
  });

  it("and the value itself in one source are a conflict", () => {
    const report = loadFrom({ key: "x" }, { env: { APP_KEY: "hunter2", APP_KEY_FILE: "key" } });

    expect(report).toBe("APP_KEY_FILE (app.key, environment): APP_KEY is set as well; keep one of the two");
  });

  it("in one source and the value in another follow the order of the sources", () => {
    expect(loadFrom({ ".env": "APP_KEY=weak", key: "strong" }, { env: { APP_KEY_FILE: "key" } })).toEqual({
      key: "strong",
    });
    expect(loadFrom({ ".env": "APP_KEY_FILE=nowhere" }, { env: { APP_KEY: "strong" } })).toEqual({ key: "strong" });
  });

  it("are for secrets alone", () => {
    expect(loadFrom({ name: "x" }, { env: { APP_NAME_FILE: "name" } })).toEqual({});
  });

  it("never show their path, which can be the secret itself by mistake", () => {
    expect(loadFrom({}, { env: { APP_KEY_FILE: "hunter2" } })).not.toContain("hunter2");
  });
});

describe("the .env file", () => {
  it("is read from the working folder if it is there", () => {
    expect(loadFrom({ ".env": "\uFEFFAPP_NAME='a # b' # c\r\nexport APP_KEY=k" }, {})).toEqual({
      name: "a # b",
      key: "k",
    });
    expect(loadFrom({}, {})).toEqual({});
    expect(loadFrom({ ".env": "APP_NAME=a" }, { envFile: false })).toEqual({});
  });

  it("must be there when it was asked for, and be readable", () => {
    expect(loadFrom({}, { envFile: "other.env" })).toBe("other.env: does not exist");
    expect(loadFrom({}, { envFile: "folder" })).toBe("folder: is not a regular file");
    expect(loadFrom({ ".env": Uint8Array.of(0xff) }, {})).toBe(".env: is not UTF-8 text");
  });

  it("does not count a variable that is empty", () => {
    expect(loadFrom({ ".env": "APP_NAME=a" }, { env: { APP_NAME: "" } })).toEqual({ name: "a" });
  });
});

describe("the JSON file", () => {
  it("is named by the option, or by the variable, which wins", () => {
    const files = { "a.json": '{"app":{"name":"a"}}', "b.json": '\uFEFF{"$schema":"x","app":{"name":"b"}}' };

    expect(loadFrom(files, { file: "a.json" })).toEqual({ name: "a" });
    expect(loadFrom(files, { file: "a.json", env: { CONFIG_FILE: "b.json" } })).toEqual({ name: "b" });
    expect(loadFrom({ ...files, ".env": "CONFIG_FILE=b.json" }, {})).toEqual({ name: "b" });
  });

  it.each([
    ['{"app":{"key":"hunter2",}}', "is not valid JSON: look at line 1, column 25"],
    ['{"app":\n {"key":hunter2}}', "is not valid JSON"],
    ["", "is not valid JSON"],
    ['["hunter2"]', "must hold a JSON object"],
    ["null", "must hold a JSON object"],
    ['"hunter2"', "must hold a JSON object"],
  ])("that reads %j is a problem, which quotes nothing of it", (text, message) => {
    expect(loadFrom({ "a.json": text }, { file: "a.json" })).toBe(`a.json: ${message}`);
  });

  it("must be there", () => {
    expect(loadFrom({}, { env: { CONFIG_FILE: "a.json" } })).toBe("a.json: does not exist");
  });
});

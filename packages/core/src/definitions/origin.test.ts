import { describe, expect, it } from "vitest";
import { locationOf, originOf } from "./origin.ts";
import { definePrompt } from "./prompt.ts";
import { defineResource } from "./resource.ts";
import { defineTool } from "./tool.ts";

describe("the origin of a definition", () => {
  it("is the line of the define call, without a path of the machine", () => {
    const definitions = [
      defineTool({ name: "a", handler: () => "" }),
      definePrompt({ name: "a", render: () => "" }),
      defineResource({ uri: "a://b", read: () => "" }),
    ];

    const lines = definitions.map((definition) => {
      const [, path, line] = /^(.*):(\d+)$/.exec(originOf(definition) ?? "") ?? [];
      expect(path).toMatch(/^[^/].*definitions\/origin\.test\.ts$/);
      return Number(line);
    });

    const [first = Number.NaN] = lines;
    expect(lines).toEqual([first, first + 1, first + 2]);
  });

  it("is unknown for an object that no define function made", () => {
    expect(originOf({})).toBeUndefined();
  });

  it("is a file that can be read, for tools that look into it", () => {
    const definition = defineTool({ name: "a", handler: () => "" });

    const { path, line } = locationOf(definition) ?? {};

    expect(path).toBe(import.meta.filename);
    expect(originOf(definition)).toMatch(new RegExp(`:${line}$`));
    expect(locationOf({})).toBeUndefined();
  });

  it("leaves the depth of other stack traces alone", () => {
    const before = Error.stackTraceLimit;

    defineTool({ name: "a", handler: () => "" });

    expect(Error.stackTraceLimit).toBe(before);
  });
});

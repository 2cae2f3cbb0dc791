import { defineResource } from "@plinth/core";
import { describe, expect, test } from "vitest";
import { foundBy } from "../fixtures/found-by.ts";

describe("greedy-template", () => {
  test("Finds templates that take a whole scheme", async () => {
    const components = ["files://{+path}", "docs://{host}/{+path}", "x:{+rest}"].map((uri) =>
      defineResource({ uri, description: "What is asked for, whatever it is.", read: () => "" }),
    );

    const found = await foundBy("greedy-template", components);

    expect(found).toHaveLength(3);
    expect(found[0]).toBe('warning files://{+path}: The template "files://{+path}" takes every URI of its scheme.');
  });

  test("Leaves those alone with something fixed, or with one segment", async () => {
    const components = ["files://workspace/{+path}", "docs://{id}", "docs://{id}/text", "logs://today/{+name}.txt"].map(
      (uri) => defineResource({ uri, description: "What is asked for, whatever it is.", read: () => "" }),
    );

    const found = await foundBy("greedy-template", components);

    expect(found).toEqual([]);
  });
});

describe("no-mime-type", () => {
  test("Finds resources without one, templates as an info", async () => {
    const components = [
      defineResource({ uri: "docs://a", description: "The first document.", read: () => "" }),
      defineResource({ uri: "docs://{id}", description: "One document by id.", read: () => "" }),
      defineResource({ uri: "docs://b", description: "The second document.", mimeType: "text/plain", read: () => "" }),
    ];

    const found = await foundBy("no-mime-type", components);

    expect(found).toEqual(["warning docs://a: It has no mimeType.", "info docs://{id}: It has no mimeType."]);
  });
});

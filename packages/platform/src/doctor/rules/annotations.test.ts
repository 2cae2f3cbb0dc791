import type { Context } from "@plinth/core";
import { describe, expect, test } from "vitest";
import { foundBy, tool } from "../fixtures/found-by.ts";

describe("destructive-unannotated", () => {
  test("Finds tools that destroy or act by their name or description, without annotations", async () => {
    const components = [
      tool("delete_user"),
      tool("files.remove"),
      tool("send_mail"),
      tool("tidy_up", { description: "Permanently deletes what is older than a year." }),
    ];

    const found = await foundBy("destructive-unannotated", components);

    expect(found).toEqual(
      ["delete", "remove", "send", "delete"].map((verb, index) =>
        expect.stringMatching(
          new RegExp(
            `^warning ${["delete_user", "files.remove", "send_mail", "tidy_up"][index]}: By the word "${verb}"`,
          ),
        ),
      ),
    );
  });

  test("Leaves annotated tools alone, and those that only speak of it", async () => {
    const components = [
      tool("delete_user", { annotations: { destructiveHint: true } }),
      tool("send_mail", { annotations: { destructiveHint: false } }),
      tool("list_deleted"),
      tool("get_transfer"),
      tool("create_refund"),
      tool("preview_delete"),
      tool("undelete_user"),
      tool("log_things", { description: "Sends messages to the log of the client." }),
      tool("dropdown_values"),
      tool("payment_terms"),
      tool("trim_text", { description: "Removes white space at both ends of a text." }),
    ];

    const found = await foundBy("destructive-unannotated", components);

    expect(found).toEqual([]);
  });
});

describe("misleading-annotation", () => {
  test("Finds a tool that deletes and is annotated as harmless", async () => {
    const components = [
      tool("delete_user", { annotations: { readOnlyHint: true } }),
      tool("send_mail", { annotations: { readOnlyHint: true } }),
      tool("purge_cache", { annotations: { destructiveHint: false } }),
    ];

    const found = await foundBy("misleading-annotation", components);

    expect(found).toEqual([
      'error delete_user: By the word "delete" it changes something, and readOnlyHint is true.',
      'error send_mail: By the word "send" it changes something, and readOnlyHint is true.',
      'warning purge_cache: By the word "purge" it destroys something, and destructiveHint is false.',
    ]);
  });

  test("Leaves mail that destroys nothing alone, and verbs of harmless things", async () => {
    const components = [
      tool("send_mail", { annotations: { destructiveHint: false } }),
      tool("remove_background", { annotations: { readOnlyHint: true } }),
      tool("drop_columns", { annotations: { destructiveHint: false } }),
      tool("list_deleted", { annotations: { readOnlyHint: true } }),
    ];

    const found = await foundBy("misleading-annotation", components);

    expect(found).toEqual([]);
  });
});

describe("contradictory-annotations", () => {
  test("Finds a tool that reads only and destroys", async () => {
    const components = [tool("tidy", { annotations: { readOnlyHint: true, destructiveHint: true } })];

    const found = await foundBy("contradictory-annotations", components);

    expect(found).toEqual(["error tidy: Both readOnlyHint and destructiveHint are true."]);
  });

  test("Leaves each alone, and a reader that says it destroys nothing", async () => {
    const components = [
      tool("tidy", { annotations: { destructiveHint: true } }),
      tool("look", { annotations: { readOnlyHint: true, destructiveHint: false } }),
    ];

    const found = await foundBy("contradictory-annotations", components);

    expect(found).toEqual([]);
  });
});

describe("destructive-unconfirmed", () => {
  test("Finds a tool that destroys without a sign that it asks", async () => {
    const components = [tool("delete_user"), tool("tidy", { annotations: { destructiveHint: true } })];

    const found = await foundBy("destructive-unconfirmed", components);

    expect(found).toEqual([
      expect.stringMatching(/^info delete_user: It destroys or acts/),
      expect.stringMatching(/^info tidy: /),
    ]);
  });

  test("Leaves those alone that ask, take a confirmation or a rehearsal, or say that they destroy nothing", async () => {
    const components = [
      tool("delete_user", {
        handler: (_input: unknown, context: Context) =>
          context.elicit({ message: "Sure?", url: "https://example.com" }),
      }),
      tool("delete_room", { properties: { confirm: { type: "boolean" } } }),
      tool("delete_file", { properties: { dryRun: { type: "boolean" } } }),
      tool("send_mail", { annotations: { destructiveHint: false } }),
    ];

    const found = await foundBy("destructive-unconfirmed", components);

    expect(found).toEqual([]);
  });
});

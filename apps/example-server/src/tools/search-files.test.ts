import { mkdir, symlink, writeFile as writeHostFile } from "node:fs/promises";
import { join } from "node:path";
import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { createWorkspaceServer } from "../testing/workspace-server.ts";
import { searchFiles } from "./search-files.ts";

test("search_files finds lines, in the files of a pattern", async () => {
  await using workspace = await createWorkspaceServer();
  await mkdir(join(workspace.root, "notes"));
  await writeHostFile(join(workspace.root, "notes", "may.md"), "One\nTwo films\n");
  await writeHostFile(join(workspace.root, "data.csv"), "films,3\n");
  await using client = await createTestClient(workspace.server);

  const all = await client.callTool(searchFiles, { query: "FILMS" });
  const notes = await client.callTool(searchFiles, { query: "films", glob: "notes/**", ignore_case: false });
  const none = await client.callTool(searchFiles, { query: "FILMS", ignore_case: false });

  expect(all.structured.matches.map(({ path }) => path).toSorted()).toEqual(["data.csv", "notes/may.md"]);
  expect(notes.structured).toEqual({ matches: [{ path: "notes/may.md", line: 2, text: "Two films" }], complete: true });
  expect(none.structured).toEqual({ matches: [], complete: true });
});

test("search_files says when the limit left some out", async () => {
  await using workspace = await createWorkspaceServer();
  await writeHostFile(join(workspace.root, "a.txt"), "x\n".repeat(10));
  await using client = await createTestClient(workspace.server);

  const { structured } = await client.callTool(searchFiles, { query: "x", limit: 3 });

  expect(structured).toMatchObject({ matches: { length: 3 }, complete: false });
});

test("search_files finds nothing outside of the workspace", async () => {
  await using workspace = await createWorkspaceServer();
  await writeHostFile(join(workspace.outside, "secret.txt"), "needle");
  await symlink(join(workspace.outside, "secret.txt"), join(workspace.root, "file"));
  await symlink(workspace.outside, join(workspace.root, "folder"));
  await using client = await createTestClient(workspace.server);

  for (const glob of ["**", "*", "file", "folder/*", "folder/secret.txt"]) {
    const { structured } = await client.callTool(searchFiles, { query: "needle", glob });

    expect(structured, glob).toEqual({ matches: [], complete: true });
  }
});

test.each(["../*", "../secret.txt", "/etc/*", "notes/../../*"])("search_files reaches nothing by %s", async (glob) => {
  await using workspace = await createWorkspaceServer();
  await writeHostFile(join(workspace.outside, "secret.txt"), "needle root");
  await using client = await createTestClient(workspace.server);

  const answer = await client.callTool(searchFiles, { query: "root", glob });

  expect(answer.isError || answer.structured.matches.length === 0).toBe(true);
  expect(answer.text).not.toMatch(/needle|root:|Internal error/);
});

test("a hostile query is text and no pattern, so it costs nothing", async () => {
  await using workspace = await createWorkspaceServer();
  await writeHostFile(join(workspace.root, "a.txt"), `${"a".repeat(100_000)}!\n(a+)+$\n`);
  await using client = await createTestClient(workspace.server);

  const { structured } = await client.callTool(searchFiles, { query: "(a+)+$" });

  expect(structured.matches).toEqual([{ path: "a.txt", line: 2, text: "(a+)+$" }]);
});

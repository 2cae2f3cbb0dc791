import { readdir, readFile as readHostFile, symlink, writeFile as writeHostFile } from "node:fs/promises";
import { join } from "node:path";
import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { escapingPaths } from "../testing/escaping-paths.ts";
import { createWorkspaceServer } from "../testing/workspace-server.ts";
import { readFile } from "./read-file.ts";
import { writeFile } from "./write-file.ts";

test("write_file makes a file with its directories, and nothing else", async () => {
  await using workspace = await createWorkspaceServer();
  await using client = await createTestClient(workspace.server);

  const { structured } = await client.callTool(writeFile, { path: "reports/2026/may.md", content: "Done" });

  expect(structured).toEqual({ path: "reports/2026/may.md", size: 4, etag: expect.stringMatching(/.+/) });
  expect(await readHostFile(join(workspace.root, "reports/2026/may.md"), "utf8")).toBe("Done");
  expect(await readdir(join(workspace.root, "reports/2026"))).toEqual(["may.md"]);
});

test("write_file refuses to replace a file that the caller has not read", async () => {
  await using workspace = await createWorkspaceServer();
  await using client = await createTestClient(workspace.server);
  await client.callTool(writeFile, { path: "a.txt", content: "old" });

  const answer = await client.callTool(writeFile, { path: "a.txt", content: "new" });

  expect(answer).toMatchObject({ isError: true, text: '"a.txt" already exists.' });
  expect(await readHostFile(join(workspace.root, "a.txt"), "utf8")).toBe("old");
});

test("write_file makes no directory for a file that it then refuses", async () => {
  await using workspace = await createWorkspaceServer();
  await using client = await createTestClient(workspace.server);

  const answer = await client.callTool(writeFile, { path: "new/a.txt", content: "x", if_match: "of nothing" });

  expect(answer.isError).toBe(true);
  expect(await readdir(workspace.root)).toEqual([]);
});

test("of two writers who read the same version one wins, and the other is told to read again", async () => {
  await using workspace = await createWorkspaceServer();
  await using one = await createTestClient(workspace.server, { leakCheck: false });
  await using other = await createTestClient(workspace.server, { leakCheck: false });
  await one.callTool(writeFile, { path: "a.txt", content: "0" });
  const { structured } = await one.callTool(readFile, { path: "a.txt" });
  const if_match = structured.etag;

  const answers = await Promise.all([
    one.callTool(writeFile, { path: "a.txt", content: "1", if_match }),
    other.callTool(writeFile, { path: "a.txt", content: "2", if_match }),
  ]);

  const winner = answers.findIndex(({ isError }) => !isError);
  expect(answers.filter(({ isError }) => isError)).toHaveLength(1);
  expect(answers[1 - winner]).toMatchObject({ text: '"a.txt" was changed by somebody else; read it again.' });
  expect(await readHostFile(join(workspace.root, "a.txt"), "utf8")).toBe(String(winner + 1));
});

test("write_file writes nothing outside of the workspace", async () => {
  await using workspace = await createWorkspaceServer();
  const { root, outside, server } = workspace;
  await writeHostFile(join(outside, "secret.txt"), "as it was");
  await symlink(join(outside, "secret.txt"), join(root, "link-to-file"));
  await symlink(outside, join(root, "link-to-folder"));
  await using client = await createTestClient(server);

  for (const path of [...escapingPaths(outside), "../planted.txt", "link-to-folder/planted.txt", "../planted/a.txt"]) {
    const answer = await client.callTool(writeFile, { path, content: "planted" });

    expect(answer, path).toMatchObject({ isError: true });
    expect(answer.text, path).not.toMatch(/ENOENT|node:|Internal error/);
  }

  expect(await readHostFile(join(outside, "secret.txt"), "utf8")).toBe("as it was");
  expect((await readdir(outside)).toSorted()).toEqual(["secret.txt", "workspace"]);
});

test("write_file keeps to the quota of the workspace", async () => {
  await using workspace = await createWorkspaceServer({ maxBytes: 16_384, maxFileBytes: 10_000 });
  await using client = await createTestClient(workspace.server);

  const tooLarge = await client.callTool(writeFile, { path: "large.txt", content: "x".repeat(10_001) });
  const first = await client.callTool(writeFile, { path: "a.txt", content: "x".repeat(9_000) });
  const second = await client.callTool(writeFile, { path: "b.txt", content: "x".repeat(9_000) });

  expect(tooLarge).toMatchObject({ isError: true, text: expect.stringMatching(/10,?000/) });
  expect(first.isError).toBe(false);
  expect(second).toMatchObject({ isError: true, text: expect.stringMatching(/quota|16,?384/) });
  expect(await readdir(workspace.root)).toEqual(["a.txt"]);
});

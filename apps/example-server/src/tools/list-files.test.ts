import { mkdir, symlink, writeFile as writeHostFile } from "node:fs/promises";
import { join } from "node:path";
import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { createWorkspaceServer, type WorkspaceServer } from "../testing/workspace-server.ts";
import { listFiles } from "./list-files.ts";

async function createFiles({ root, outside }: WorkspaceServer): Promise<void> {
  await mkdir(join(root, "reports"));
  await writeHostFile(join(root, "a.txt"), "four");
  await writeHostFile(join(root, "reports", "may.md"), "");
  await writeHostFile(join(outside, "secret.txt"), "top secret");
  await symlink(outside, join(root, "link"));
}

test("list_files lists the workspace, and a directory of it", async () => {
  await using workspace = await createWorkspaceServer();
  await createFiles(workspace);
  await using client = await createTestClient(workspace.server);

  const whole = await client.callTool(listFiles, {});
  const part = await client.callTool(listFiles, { path: "reports" });

  expect(whole.structured.entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
    { path: "a.txt", kind: "file", size: 4 },
    { path: "link", kind: "symlink", size: 0 },
    { path: "reports", kind: "directory", size: 0 },
  ]);
  expect(part.structured).toEqual({ entries: [{ path: "reports/may.md", kind: "file", size: 0 }], complete: true });
});

test("list_files goes down when it is asked to, but not through links", async () => {
  await using workspace = await createWorkspaceServer();
  await createFiles(workspace);
  await using client = await createTestClient(workspace.server);

  const { structured } = await client.callTool(listFiles, { recursive: true });

  expect(structured.entries.map(({ path }) => path).toSorted()).toEqual(["a.txt", "link", "reports", "reports/may.md"]);
});

test("list_files says when the limit left some out", async () => {
  await using workspace = await createWorkspaceServer();
  await createFiles(workspace);
  await using client = await createTestClient(workspace.server);

  const two = await client.callTool(listFiles, { limit: 2 });
  const three = await client.callTool(listFiles, { limit: 3 });

  expect(two.structured).toMatchObject({ entries: { length: 2 }, complete: false });
  expect(three.structured).toMatchObject({ entries: { length: 3 }, complete: true });
});

test.each(["..", "../..", "/", "/etc", "link", "reports/../..", "link/.."])("list_files refuses %s", async (path) => {
  await using workspace = await createWorkspaceServer();
  await createFiles(workspace);
  await using client = await createTestClient(workspace.server);

  for (const recursive of [false, true]) {
    const answer = await client.callTool(listFiles, { path, recursive });

    expect(answer.isError).toBe(true);
    expect(answer.text).not.toMatch(/secret|example-server-|Internal error/);
  }
});

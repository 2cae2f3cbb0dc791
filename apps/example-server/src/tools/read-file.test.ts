import { mkdir, symlink, writeFile as writeHostFile } from "node:fs/promises";
import { join } from "node:path";
import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { escapingPaths } from "../testing/escaping-paths.ts";
import { createWorkspaceServer } from "../testing/workspace-server.ts";
import { readFile } from "./read-file.ts";
import { writeFile } from "./write-file.ts";

test("read_file gives what write_file has written, with the same etag", async () => {
  await using workspace = await createWorkspaceServer();
  await using client = await createTestClient(workspace.server);
  const written = await client.callTool(writeFile, { path: "notes/may.md", content: "Caf\u00e9\n" });

  const { structured } = await client.callTool(readFile, { path: "notes/may.md" });

  expect(structured).toEqual({
    path: "notes/may.md",
    etag: written.structured.etag,
    text: "Caf\u00e9\n",
    totalChars: 5,
  });
});

test("read_file gives a long text in parts", async () => {
  await using workspace = await createWorkspaceServer();
  await using client = await createTestClient(workspace.server);
  await client.callTool(writeFile, { path: "long.txt", content: "0123456789".repeat(30) });

  const first = await client.callTool(readFile, { path: "long.txt", max_chars: 200 });
  const rest = await client.callTool(readFile, { path: "long.txt", start: first.structured.nextStart });

  expect(first.structured).toMatchObject({ totalChars: 300, nextStart: 200 });
  expect(rest.structured.text).toBe("0123456789".repeat(10));
});

test("read_file refuses what leads out of the workspace, and shows nothing of the machine", async () => {
  await using workspace = await createWorkspaceServer();
  const { root, outside, server } = workspace;
  await writeHostFile(join(outside, "secret.txt"), "top secret");
  await symlink(join(outside, "secret.txt"), join(root, "link-to-file"));
  await symlink(outside, join(root, "link-to-folder"));
  await using client = await createTestClient(server);

  for (const path of escapingPaths(outside)) {
    const answer = await client.callTool(readFile, { path });

    expect(answer, path).toMatchObject({ isError: true });
    // The caller's own path is quoted; nothing beside it may tell where the workspace is.
    expect(answer.text.replaceAll(outside, path.includes(outside) ? "" : outside), path).not.toContain(outside);
    expect(JSON.stringify(answer.result), path).not.toMatch(/top secret|root:|ENOENT|node:|internal/i);
  }
});

test("read_file says when there is no file, a directory, or no text", async () => {
  await using workspace = await createWorkspaceServer({ maxFileBytes: 100 });
  await using client = await createTestClient(workspace.server);
  await mkdir(join(workspace.root, "folder"));
  await writeHostFile(join(workspace.root, "image.png"), Buffer.from([0x89, 0x50, 0xff]));
  await writeHostFile(join(workspace.root, "large.txt"), "x".repeat(101));

  const texts = [];
  for (const path of ["missing.txt", "folder", "image.png", "large.txt"]) {
    texts.push((await client.callTool(readFile, { path })).text);
  }

  expect(texts).toEqual([
    expect.stringContaining('"missing.txt" does not exist'),
    expect.stringContaining('"folder" is a directory'),
    expect.stringContaining('"image.png" is not UTF-8 text'),
    expect.stringContaining("100"),
  ]);
});

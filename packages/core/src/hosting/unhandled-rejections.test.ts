import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const server = fileURLToPath(new URL("fixtures/forgetful-server.ts", import.meta.url));

it("answers on after a tool has let a promise fail, and logs it", async () => {
  const child = spawn(process.execPath, [server], { stdio: ["pipe", "pipe", "pipe"] });
  const exited = once(child, "exit");
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
  const messages = [
    { jsonrpc: "2.0", id: 0, method: "initialize", params },
    ...[1, 2, 3].map((id) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "forget" } })),
  ];

  child.stdin.end(messages.map((message) => `${JSON.stringify(message)}\n`).join(""));
  const [output, log] = await Promise.all([text(child.stdout), text(child.stderr)]);

  const answered = output
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { id: number }).id);
  expect(new Set(answered)).toStrictEqual(new Set([0, 1, 2, 3]));
  expect(log.split("nobody handled it")).toHaveLength(4);
  expect(log).toContain("nobody waited for this");
  expect(await exited).toStrictEqual([0, null]);
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const server = fileURLToPath(new URL("fixtures/forgetful-server.ts", import.meta.url));

it("ends after an error that nobody caught, with 1 and a line of the log that says why", async () => {
  const child = spawn(process.execPath, [server], { stdio: ["pipe", "pipe", "pipe"] });
  const exited = once(child, "exit");
  const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "explode" } };

  child.stdin.write(`${JSON.stringify(call)}\n`);
  const [, log] = await Promise.all([text(child.stdout), text(child.stderr)]);

  const line = log.split("\n").find((candidate) => candidate.includes("nobody caught it")) ?? "{}";
  expect(JSON.parse(line)).toMatchObject({
    level: "error",
    error: { stack: expect.stringContaining("nobody caught this") as string },
  });
  expect(await exited).toStrictEqual([1, null]);
});

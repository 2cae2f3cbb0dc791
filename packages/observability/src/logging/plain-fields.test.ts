import { expect, it } from "vitest";
import { createLogger } from "./create-logger.ts";
import { logFolder } from "./fixtures/log-folder.ts";

it("keeps keys and tokens out of a line that nothing announces", async () => {
  using folder = logFolder();
  const log = createLogger({ destination: { file: folder.file } });

  log.info(`Cloning with ghp_${"a1B2".repeat(9)}`, {
    id: "AKIAIOSFODNN7ABCDEFG",
    env: [{ name: "DB_PASSWORD", value: "hunter2" }],
    headers: [
      ["authorization", "hunter2"],
      ["accept", "text/plain"],
    ],
    "mcp-session-id": "hunter2",
  });
  await log.close();

  const [line] = folder.lines();
  expect(line).toMatchObject({
    message: "Cloning with [redacted]",
    id: "[redacted]",
    env: [{ name: "DB_PASSWORD", value: "[redacted]" }],
    headers: [
      ["authorization", "[redacted]"],
      ["accept", "text/plain"],
    ],
    "mcp-session-id": "[redacted]",
  });
});

it("shows the counts and cursors of a call, whose names only sound like secrets", async () => {
  using folder = logFolder();
  const log = createLogger({ destination: { file: folder.file } });
  const fields = { maxTokens: 5, tokenCount: 7, progressToken: 3, author: "Ada", keyboard: "qwertz", pinned: 1 };

  log.info("Sampled", fields);
  await log.close();

  expect(folder.lines()[0]).toMatchObject(fields);
});

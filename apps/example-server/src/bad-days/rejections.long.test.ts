import { expect, test } from "vitest";
import { startServer } from "./fixtures/running-server.ts";

test("a rejection that nobody handles is logged once, and neither its call nor its server fails", async () => {
  await using server = startServer();

  const answers = [await server.call("forget"), await server.call("echo", { text: "hi" })];
  await server.logged(({ message }) => message === "A promise was rejected and nobody handled it");
  const ready = await server.ready();
  server.process.kill("SIGTERM");

  expect(answers.map(({ text }) => text)).toEqual(["answered", "hi"]);
  expect(ready).toBe(200);
  expect(await server.exit).toEqual([0, null]);
  expect(server.log.filter(({ level }) => level === "error")).toMatchObject([
    {
      message: "A promise was rejected and nobody handled it",
      error: { stack: expect.stringContaining("Forgotten work failed") },
    },
  ]);
});

test("an error that nobody catches ends the process, and the log has all lines before it, and why", async () => {
  await using server = startServer();
  const calls = await Promise.all(Array.from({ length: 50 }, () => server.call("echo", { text: "hi" })));

  const answer = await server.call("explode");
  const [status] = await server.exit;

  expect(calls).toHaveLength(50);
  expect(answer.text).toBe("answered");
  const line = server.log.find(({ message }) => message.startsWith("An error was thrown and nobody caught it"));
  expect(status).toBe(1);
  expect(server.log.filter(({ target }) => target === "echo")).toHaveLength(50);
  expect(server.log.filter(({ target }) => target === "explode")).toHaveLength(1);
  expect(line).toMatchObject({ level: "error", error: { stack: expect.stringContaining("Nobody caught this") } });
});

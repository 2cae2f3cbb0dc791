import { createServer, service } from "@plinth/core";
import { expect, test } from "vitest";
import { Lazy } from "./lazy.ts";

function recorded(journal: string[], { failures = 0 } = {}) {
  return new Lazy(async () => {
    journal.push("open");
    if (journal.length <= failures) throw new Error("Not yet");
    return { [Symbol.asyncDispose]: async () => void journal.push("close") };
  });
}

test("it opens with the first call, once, and the server closes it", async () => {
  const journal: string[] = [];
  const server = createServer({
    name: "test",
    version: "0",
    services: { it: service({ start: () => recorded(journal) }) },
  });
  await server.start();
  const before = [...journal];

  const [first, second] = await Promise.all([server.services.it.get(), server.services.it.get()]);
  await server.close();

  expect(before).toEqual([]);
  expect(first).toBe(second);
  expect(journal).toEqual(["open", "close"]);
});

test("what was never opened is not opened to be closed", async () => {
  const journal: string[] = [];

  await recorded(journal)[Symbol.asyncDispose]();

  expect(journal).toEqual([]);
});

test("what does not open is tried again by the next call", async () => {
  const journal: string[] = [];
  const lazy = recorded(journal, { failures: 1 });

  await expect(lazy.get()).rejects.toThrow("Not yet");
  await lazy.get();
  await lazy[Symbol.asyncDispose]();

  expect(journal).toEqual(["open", "open", "close"]);
});

import { expect, test } from "vitest";
import { failureOf } from "../fixtures/test-root.ts";
import { PathLocks } from "./path-locks.ts";

test("changes of one key follow each other, and those of another do not wait", async () => {
  const locks = new PathLocks();
  const gate = Promise.withResolvers<void>();
  const order: string[] = [];
  const first = locks.run(["a"], async () => {
    await gate.promise;
    order.push("first");
  });
  const second = locks.run(["a", "b"], async () => order.push("second"));
  const third = locks.run(["b"], async () => order.push("third"));

  await locks.run(["c"], async () => order.push("other"));
  gate.resolve();
  await Promise.all([first, second, third]);

  expect(order).toEqual(["other", "first", "second", "third"]);
});

test("a change that fails lets the next one in", async () => {
  const locks = new PathLocks();
  await failureOf(locks.run(["a"], () => Promise.reject(new Error("no"))));

  expect(await locks.run(["a"], async () => "yes")).toBe("yes");
});

test("two changes that take the same keys in another order do not wait for each other for ever", async () => {
  const locks = new PathLocks();

  const both = Promise.all([locks.run(["a", "b"], async () => 1), locks.run(["b", "a"], async () => 2)]);

  expect(await both).toEqual([1, 2]);
});

import { expect, test } from "vitest";
import { failureOf } from "../fixtures/test-root.ts";
import { Slots } from "./slots.ts";

function job(): { run: () => Promise<string>; end: () => void; started: Promise<void> } {
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const run = async (): Promise<string> => {
    started.resolve();
    await ended.promise;
    return "done";
  };
  return { run, end: ended.resolve, started: started.promise };
}

test("no more run at the same time than may, and the first to come is the next", async () => {
  const slots = new Slots({ running: 1, waiting: 9 });
  const order: number[] = [];
  const first = job();
  const running = slots.run(first.run, undefined);
  const others = [1, 2, 3].map((number) => slots.run(async () => order.push(number), undefined));

  expect(order).toEqual([]);
  first.end();
  await Promise.all([running, ...others]);

  expect(order).toEqual([1, 2, 3]);
});

test("one too many in the queue is turned away", async () => {
  const slots = new Slots({ running: 1, waiting: 1 });
  const first = job();
  const running = slots.run(first.run, undefined);
  const waiting = slots.run(async () => "second", undefined);

  const failure = await failureOf(slots.run(async () => "third", undefined));

  expect(failure.code).toBe("busy");
  first.end();
  expect(await Promise.all([running, waiting])).toEqual(["done", "second"]);
});

test("who is aborted while waiting gives the place in the queue up, with the signal's own reason", async () => {
  const slots = new Slots({ running: 1, waiting: 1 });
  const first = job();
  const running = slots.run(first.run, undefined);
  const stop = new AbortController();
  const waiting = slots.run(async () => "never", stop.signal);
  const reason = new Error("enough");

  stop.abort(reason);

  expect(await failureOf(waiting)).toBe(reason);
  const next = slots.run(async () => "next", undefined);
  first.end();
  expect(await Promise.all([running, next])).toEqual(["done", "next"]);
});

test("who waits for something else lets others run meanwhile", async () => {
  const slots = new Slots({ running: 1, waiting: 9 });

  const answer = await slots.run(() => slots.without(() => slots.run(async () => "inner", undefined)), undefined);

  expect(answer).toBe("inner");
});

test("a place is free again after a failure", async () => {
  const slots = new Slots({ running: 1, waiting: 1 });
  await failureOf(slots.run(() => Promise.reject(new Error("no")), undefined));

  expect(await slots.run(async () => "yes", undefined)).toBe("yes");
});

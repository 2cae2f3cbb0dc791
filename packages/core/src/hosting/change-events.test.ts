import { expect, it, vi } from "vitest";
import { createChangeEvents } from "./change-events.ts";

const toolsChanged = { kind: "tools_list_changed" } as const;

it("delivers to every listener until it unsubscribes", () => {
  const events = createChangeEvents(vi.fn());
  const first = vi.fn();
  const second = vi.fn();
  const unsubscribe = events.subscribe(first);
  events.subscribe(second);

  events.publish(toolsChanged);
  unsubscribe();
  unsubscribe();
  events.publish({ kind: "resource_updated", uri: "data://a" });

  expect(first.mock.calls).toEqual([[toolsChanged]]);
  expect(second.mock.calls).toEqual([[toolsChanged], [{ kind: "resource_updated", uri: "data://a" }]]);
});

it("keeps two subscriptions of one function apart", () => {
  const events = createChangeEvents(vi.fn());
  const listener = vi.fn();
  const unsubscribe = events.subscribe(listener);
  events.subscribe(listener);

  unsubscribe();
  events.publish(toolsChanged);

  expect(listener).toHaveBeenCalledTimes(1);
});

it("reports a listener that throws and still tells the others", () => {
  const onerror = vi.fn();
  const events = createChangeEvents(onerror);
  const after = vi.fn();
  events.subscribe(() => {
    throw new Error("broken listener");
  });
  events.subscribe(after);

  events.publish(toolsChanged);

  expect(onerror.mock.calls).toEqual([[new Error("broken listener")]]);
  expect(after).toHaveBeenCalledTimes(1);
});

it("does not echo to a listener what it publishes itself, nor deliver to one that is added or gone meanwhile", () => {
  const events = createChangeEvents(vi.fn());
  const added = vi.fn();
  const gone = vi.fn();
  const publisher = vi.fn(() => {
    events.publish(toolsChanged);
    events.subscribe(added);
    unsubscribe();
  });
  events.subscribe(publisher);
  const unsubscribe = events.subscribe(gone);

  events.publish(toolsChanged);

  expect(publisher).toHaveBeenCalledTimes(1);
  expect(gone).toHaveBeenCalledTimes(1);
  expect(added).not.toHaveBeenCalled();
});

it("refuses listeners without end", () => {
  const events = createChangeEvents(vi.fn());
  for (let count = 0; count < 10_000; count++) events.subscribe(vi.fn());

  expect(() => events.subscribe(vi.fn())).toThrow("More than 10000 change listeners");
});

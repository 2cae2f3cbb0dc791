import { expect, it, vi } from "vitest";
import type { ChangeEvent } from "../change-events.ts";
import { createChangeOutbox, type SendChanges } from "./change-outbox.ts";

const updated = (uri: string): ChangeEvent => ({ kind: "resource_updated", uri });
const toolsChanged: ChangeEvent = { kind: "tools_list_changed" };

it("sends what changes together in one batch, and the same change once", async () => {
  const send = vi.fn<SendChanges>();
  const add = createChangeOutbox(send);

  for (const change of [updated("data://a"), toolsChanged, updated("data://b"), toolsChanged]) add(change);
  await Promise.resolve();

  expect(send.mock.calls.map(([changes]) => changes)).toStrictEqual([
    [updated("data://a"), toolsChanged, updated("data://b")],
  ]);
});

it("has changes wait while a batch is under way, and forgets the oldest of too many", async () => {
  const send = vi.fn<SendChanges>();
  const add = createChangeOutbox(send);
  add(toolsChanged);
  await Promise.resolve();

  for (let count = 0; count < 10_001; count += 1) add(updated(`data://${count}`));
  await Promise.resolve();
  const before = send.mock.calls.length;
  send.mock.calls[0]?.[1]();

  expect(before).toBe(1);
  const batch = send.mock.calls[1]?.[0] ?? [];
  expect(batch).toHaveLength(10_000);
  expect(batch[0]).toStrictEqual(updated("data://1"));
});

it("sends again after it had nothing to send", async () => {
  const send = vi.fn<SendChanges>((_changes, sent) => sent());
  const add = createChangeOutbox(send);

  add(toolsChanged);
  await Promise.resolve();
  add(toolsChanged);
  await Promise.resolve();

  expect(send).toHaveBeenCalledTimes(2);
});

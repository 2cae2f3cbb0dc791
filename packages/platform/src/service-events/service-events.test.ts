import { createServer, type PlatformEvent } from "@plinth/core";
import { expect, it } from "vitest";
import { fetchEvents } from "./fetch-events.ts";
import { fileEvents } from "./file-events.ts";
import { observedExecutor } from "./observed-executor.ts";

function listening() {
  const { events } = createServer({ name: "t", version: "1" });
  const heard: PlatformEvent[] = [];
  events.subscribe((event) => void heard.push(event));
  return { events, heard };
}

it("tells of fetches and files without what a client has written", () => {
  const { events, heard } = listening();
  const secret = { principal: "ada", origin: "https://secret.example", path: "secret.txt" };
  const [onFetch, onFile] = [fetchEvents(events), fileEvents(events)];

  onFetch({ type: "denied", ms: 3, ...secret });
  onFetch({ type: "retried", ...secret });
  onFile({ type: "change", bytes: 12, ...secret });
  onFile({ type: "refusal", ...secret });

  expect(heard).toEqual([
    { part: "url-fetcher", action: "denied", value: 3 },
    { part: "url-fetcher", action: "retried" },
    { part: "file-operations", action: "changed", value: 12 },
    { part: "file-operations", action: "refused" },
  ]);
});

it("tells how programs ended, and gives their results and errors on", async () => {
  const { events, heard } = listening();
  const usage = { wallMs: 5 };
  const executor = observedExecutor(
    {
      run(code) {
        if (code === "busy") return Promise.reject(new Error("busy"));
        return Promise.resolve(code === "ok" ? { ok: true, usage } : { ok: false, failure: "timeout", usage });
      },
    },
    events,
  );

  const runs = [await executor.run("ok"), await executor.run("loop")];
  const refused = executor.run("busy");

  await expect(refused).rejects.toThrow("busy");
  expect(runs).toEqual([
    { ok: true, usage },
    { ok: false, failure: "timeout", usage },
  ]);
  expect(heard.map(({ action, value }) => [action, value])).toEqual([
    ["succeeded", 5],
    ["timeout", 5],
    ["refused", undefined],
  ]);
});

import { expect, it } from "vitest";
import { stderrLogger } from "../context/logger.ts";
import { wireServer } from "../create-server.ts";
import { defineTool } from "../definitions/tool.ts";
import { incoming } from "../protocol/fixtures/incoming.ts";
import { createPlatformEvents, type PlatformEvent } from "./platform-events.ts";

it("tells every listener, whatever another one does", async () => {
  const failures: unknown[] = [];
  const events = createPlatformEvents((error) => failures.push(error));
  const heard: string[] = [];
  events.subscribe(() => {
    throw new Error("at once");
  });
  events.subscribe(() => Promise.reject(new Error("later")));
  events.subscribe(({ action }) => void heard.push(action));

  events.publish({ part: "cache", action: "hit" });
  await Promise.resolve();

  expect(heard).toEqual(["hit"]);
  expect(failures.map(String)).toEqual(["Error: at once", "Error: later"]);
});

it("lets one function listen twice and leave one by one, also during delivery", () => {
  const events = createPlatformEvents(() => undefined);
  let count = 0;
  const listener = (): void => void (count += 1);
  const leave = events.subscribe(listener);
  const leaveToo = events.subscribe(() => {
    leave();
    listener();
  });

  events.publish({ part: "cache", action: "hit" });
  events.publish({ part: "cache", action: "hit" });
  leaveToo();
  leaveToo();

  expect(count).toBe(3);
  expect(events.heard).toBe(false);
});

it("adds to what a middleware tells which call it was about", async () => {
  const heard: PlatformEvent[] = [];
  const server = wireServer({
    name: "t",
    version: "1",
    log: stderrLogger({ level: "silent" }),
    components: [defineTool({ name: "echo", handler: () => "heard" })],
  }).use((call, next) => {
    call.assign({ tenant: "acme" });
    call.emit({ part: "cache", action: "stored", value: 7 });
    return next();
  });
  server.events.subscribe((event) => void heard.push(event));

  await server.dispatch(incoming({ params: { name: "echo" } }));
  await server.dispatch(incoming({ params: { name: "made up by a client" } }));

  const told = { part: "cache", action: "stored", value: 7, method: "tools/call", tenant: "acme" };
  expect(heard).toEqual([
    { ...told, target: server.catalog.tools.get("echo") },
    { ...told, target: undefined },
  ]);
});

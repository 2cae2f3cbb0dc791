import { InMemoryTransport } from "@modelcontextprotocol/server";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { stderrLogger } from "./context/logger.ts";
import { createServer, wireServer } from "./create-server.ts";
import { definePrompt } from "./definitions/prompt.ts";
import { defineResource } from "./definitions/resource.ts";
import { defineTool } from "./definitions/tool.ts";
import type { ServerOptions } from "./server.ts";
import { service } from "./services/service.ts";

const identity = { name: "t", version: "1", log: stderrLogger({ level: "silent" }) };

describe("createServer", () => {
  it.each<[Readonly<Record<string, unknown>>, string]>([
    [{ name: "" }, '"name"'],
    [{ version: undefined }, '"version"'],
    [{ pageSize: 0 }, "pageSize is 0"],
    [{ progressIntervalMs: Number.NaN }, "progressIntervalMs is NaN"],
    [{ inputTimeoutMs: Infinity }, "inputTimeoutMs is Infinity"],
    [{ components: [null] }, "must come from defineTool"],
    [{ serviceLimits: { healthTimeoutMs: -1 } }, "healthTimeoutMs is -1"],
    [{ services: { db: {} } }, 'Service "db" needs "start"'],
  ])("refuses %j with a sentence", (options, words) => {
    expect(() => createServer({ ...identity, ...options } as ServerOptions)).toThrow(words);
  });
});

describe("an extension method", () => {
  it.each([
    "",
    "thing",
    "ping",
    "initialize",
    "tools/call",
    "notifications/done",
    "subscriptions/listen",
    "rpc.discover",
  ])("may not be called %j", (method) => {
    const server = createServer(identity);

    expect(() => server.method(method, { params: z.object({}) }, () => ({}))).toThrow("vendor/thing");
  });

  it("is announced, and refused the second time", () => {
    const server = createServer(identity);
    server.method("com.example/thing", { params: z.object({}) }, () => ({}));

    expect(() => server.method("com.example/thing", { params: z.object({}) }, () => ({}))).toThrow("there already");
  });
});

it("announces a kind once it has it, and keeps to it when the last one goes", async () => {
  const server = wireServer(identity);
  const bound = async (): Promise<string[]> => {
    const sdk = await server.bind({ transport: "memory", era: "modern", lifetime: "exchange" });
    return Object.keys(sdk.getCapabilities());
  };

  const before = await bound();
  server.add(defineTool({ name: "a", handler: () => "" }), definePrompt({ name: "p", render: () => "" }));
  const between = await bound();
  server.remove("tool", "a");

  expect(before).toStrictEqual(["logging"]);
  expect(between).toStrictEqual(["logging", "tools", "prompts"]);
  expect(await bound()).toStrictEqual(between);
});

it("tells of a resource's change under the URI that its list has, whatever its spelling", () => {
  const page = defineResource({ uri: "http://example.com", name: "page", read: () => "" });
  const server = wireServer({ ...identity, components: [page] });
  const told: unknown[] = [];
  server.changes.subscribe((event) => void told.push(event));

  server.notify.resourceUpdated("HTTP://EXAMPLE.com:80/");
  server.notify.resourceUpdated("other://x");

  expect(told).toStrictEqual([
    { kind: "resource_updated", uri: "http://example.com" },
    { kind: "resource_updated", uri: "other://x" },
  ]);
});

describe("close", () => {
  it("closes a connection that was still opening, and its client hears of it", async () => {
    const [client, transport] = InMemoryTransport.createLinkedPair();
    const ended = Promise.withResolvers<void>();
    client.onclose = ended.resolve;
    const server = createServer(identity);
    await server.start();
    const started = Promise.withResolvers<void>();
    const start = transport.start.bind(transport);
    transport.start = () => start().finally(started.resolve);

    const opening = server.connect(transport);
    const refusal = opening.catch((error: unknown) => error);
    await started.promise;
    await server.close();

    expect(await refusal).toMatchObject({ code: "UNAVAILABLE" });
    await ended.promise;
  });

  it("does not wait for services that are still starting", async () => {
    const asked = Promise.withResolvers<void>();
    const start = (): Promise<string> => {
      asked.resolve();
      return new Promise(() => undefined);
    };
    const server = createServer({ ...identity, services: { db: service({ start }) } });

    const opening = server.listen({ port: 0 });
    const refusal = opening.catch((error: unknown) => error);
    await asked.promise;
    await server.close();

    expect(await refusal).toMatchObject({ code: "UNAVAILABLE" });
  });
});

it("says where it is in its life", async () => {
  const up = Promise.withResolvers<string>();
  const down = Promise.withResolvers<void>();
  const server = createServer({
    ...identity,
    services: { db: service({ start: () => up.promise, stop: () => down.promise }) },
  });
  const states = [server.state];

  const starting = server.start();
  states.push(server.state);
  up.resolve("db");
  await starting;
  states.push(server.state);
  const closing = server.close();
  states.push(server.state);
  down.resolve();
  await closing;
  states.push(server.state);

  expect(states).toEqual(["new", "starting", "serving", "draining", "closed"]);
});

describe("what a server ends last", () => {
  it("ends after the services, the last added first, whatever fails", async () => {
    const ended: string[] = [];
    const lines: string[] = [];
    const server = createServer({
      ...identity,
      log: stderrLogger({ write: (line) => void lines.push(line) }),
      services: { db: service({ start: () => "db", stop: () => void ended.push("db") }) },
    });
    server.onClose(() => void ended.push("telemetry"));
    server.onClose(() => {
      throw new Error("cannot end");
    });
    server.onClose(() => void ended.push("endpoint"));
    await server.start();

    await server.close();
    await server.close();

    expect(ended).toEqual(["db", "endpoint", "telemetry"]);
    expect(lines.join("")).toContain("cannot end");
  });
});

import { createServer, defineTool, KitError, type ErrorCode, type Middleware } from "@plinth/core";
import { createTestClient, type TestClient } from "@plinth/testing";
import { expect, it } from "vitest";
import { recordedEvents } from "../fixtures/recorded-events.ts";
import { silentLog } from "../fixtures/silent-log.ts";
import { retry, type RetryOptions } from "./retry.ts";

interface Scene {
  readonly client: TestClient;
  readonly runs: () => number;
  readonly events: readonly string[];
}

/** A tool that fails some times before it answers. */
async function scene({
  failures = 1,
  error = () => new KitError("UNAVAILABLE", "away"),
  annotations = { readOnlyHint: true },
  before = () => undefined,
  options = {},
}: {
  failures?: number;
  error?: () => unknown;
  annotations?: Record<string, boolean>;
  before?: (context: { progress: (done: number) => void }) => void;
  options?: RetryOptions;
} = {}): Promise<Scene> {
  let runs = 0;
  const tool = defineTool({
    name: "flaky",
    annotations,
    handler: (_input, context) => {
      runs += 1;
      before(context);
      if (runs <= failures) throw error();
      return `run ${runs}`;
    },
  });
  const server = createServer({ name: "t", version: "1", log: silentLog, components: [tool] }).use(retry(options));
  const events = recordedEvents(server);
  const client = await createTestClient(server, { clock: "fake" });
  return { client, runs: () => runs, events };
}

it.each([{ readOnlyHint: true }, { idempotentHint: true }])(
  "runs a tool again that declares %o",
  async (annotations) => {
    const { client, runs } = await scene({ annotations });
    await using _client = client;

    const answer = client.callTool("flaky");
    await client.clock.tick(5_000);

    expect((await answer).text).toBe("run 2");
    expect(runs()).toBe(2);
  },
);

it("runs a tool once that declares nothing of the kind", async () => {
  const { client, runs } = await scene({ annotations: { destructiveHint: false } });
  await using _client = client;

  const { isError } = await client.callTool("flaky");

  expect(isError).toBe(true);
  expect(runs()).toBe(1);
});

it.each<ErrorCode>(["INVALID_ARGUMENTS", "RATE_LIMITED", "FAILED", "FORBIDDEN", "INTERNAL", "CANCELLED"])(
  "does not run a call again that failed with %s",
  async (code) => {
    const { client, runs } = await scene({ error: () => new KitError(code, "no") });
    await using _client = client;

    await client.callTool("flaky").catch(() => undefined);

    expect(runs()).toBe(1);
  },
);

it("gives up after the attempts it has", async () => {
  const { client, runs, events } = await scene({ failures: 10, options: { attempts: 3 } });
  await using _client = client;

  const answer = client.callTool("flaky");
  await client.clock.tick(20_000);

  expect((await answer).isError).toBe(true);
  expect(runs()).toBe(3);
  expect(events.at(-1)).toBe("retry: exhausted 3");
});

it("begins no run after the whole time, and waits no less than a failure asks for", async () => {
  const error = () => new KitError("UNAVAILABLE", "away", { retryAfterSeconds: 4 });
  const { client, runs } = await scene({ failures: 10, error, options: { attempts: 10, totalMs: 10_000 } });
  await using _client = client;

  const answer = client.callTool("flaky");
  await client.clock.tick(3_999);
  const before = runs();
  await client.clock.tick(60_000);
  await answer;

  expect(before).toBe(1);
  expect(runs()).toBe(3);
});

it("does not run a call again that has reported progress to its client", async () => {
  const { client, runs } = await scene({ before: ({ progress }) => progress(1) });
  await using _client = client;

  const { isError } = await client.callTool("flaky");

  expect(isError).toBe(true);
  expect(runs()).toBe(1);
});

it("stops waiting when the call is cancelled", async () => {
  const { client, runs } = await scene({ failures: 10 });
  await using _client = client;
  const controller = new AbortController();

  const answer = client.callTool("flaky", {}, { signal: controller.signal });
  const settled = answer.catch(() => "given up");
  await client.clock.tick(0);
  controller.abort();
  await settled;
  await client.clock.tick(20_000);

  expect(runs()).toBe(1);
});

it("runs lists and reads again", async () => {
  let runs = 0;
  const failing: Middleware = (call, next) => {
    runs += 1;
    return runs % 2 === 1 ? Promise.reject(new KitError("UNAVAILABLE", "away")) : next();
  };
  const server = createServer({
    name: "t",
    version: "1",
    log: silentLog,
    components: [defineTool({ name: "a", handler: () => "a" })],
  });
  server.use(retry(), failing);
  await using client = await createTestClient(server, { clock: "fake", era: "legacy" });

  const listed = client.toolNames();
  await client.clock.tick(5_000);

  expect(await listed).toEqual(["a"]);
  expect(runs).toBe(2);
});

it.each([
  { options: { attempts: 0 }, problem: /attempts is 0/ },
  { options: { initialDelayMs: 500, maxDelayMs: 100 }, problem: /maxDelayMs is 100/ },
  { options: { totalMs: Number.NaN }, problem: /totalMs is NaN/ },
  { options: { codes: ["CANCELLED"] }, problem: /codes has "CANCELLED"/ },
  { options: { codes: ["toString"] }, problem: /codes has "toString"/ },
])("refuses $options", ({ options, problem }) => {
  expect(() => retry(options as RetryOptions)).toThrow(problem);
});

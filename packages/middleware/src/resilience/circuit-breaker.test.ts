import { createServer, defineTool, KitError, type ErrorCode } from "@plinth/core";
import { createTestClient, type TestClient } from "@plinth/testing";
import { expect, it, vi } from "vitest";
import { recordedEvents } from "../fixtures/recorded-events.ts";
import { silentLog } from "../fixtures/silent-log.ts";
import { circuitBreaker, type CircuitBreakerOptions } from "./circuit-breaker.ts";
import { timeout } from "./timeout.ts";

/** What the tool does next, and how often it ran. */
interface Behaviour {
  next: () => unknown;
  runs: number;
}

async function scene(options: CircuitBreakerOptions = {}) {
  const behaviour: Behaviour = { next: () => "well", runs: 0 };
  const components = ["sick", "other"].map((name) =>
    defineTool({
      name,
      handler: (): string => {
        behaviour.runs += 1;
        return name === "other" ? "well" : (behaviour.next() as string);
      },
    }),
  );
  const server = createServer({ name: "t", version: "1", log: silentLog, components });
  server.use(circuitBreaker({ failures: 3, halfOpenAfterMs: 10_000, ...options }), timeout({ ms: 1_000 }));
  const events = recordedEvents(server);
  const client = await createTestClient(server, { clock: "fake" });
  return { client, behaviour, events };
}

function failWith(code: ErrorCode): () => never {
  return () => {
    throw new KitError(code, "no");
  };
}

async function codesOf(client: TestClient, times: number): Promise<unknown[]> {
  const codes: unknown[] = [];
  for (let time = 0; time < times; time += 1) {
    const answer = await client.callTool("sick");
    const error = answer.result._meta?.["dev.plinth/error"] as { code?: string } | undefined;
    codes.push(error?.code ?? answer.text);
  }
  return codes;
}

it("stops calling a tool that fails in a row, and says when to come again", async () => {
  const { client, behaviour, events } = await scene();
  await using _client = client;
  behaviour.next = failWith("INTERNAL");

  await codesOf(client, 3);
  const refused = await client.callTool("sick");

  expect(behaviour.runs).toBe(3);
  expect(refused.result._meta?.["dev.plinth/error"]).toMatchObject({ code: "UNAVAILABLE", retryAfterSeconds: 10 });
  expect(events).toEqual(["circuit-breaker: opened 2", "circuit-breaker: refused"]);
});

it("leaves other tools alone", async () => {
  const { client, behaviour } = await scene();
  await using _client = client;
  behaviour.next = failWith("INTERNAL");
  await codesOf(client, 5);

  const other = await client.callTool("other");

  expect(other.text).toBe("well");
});

it("counts failures in a row alone", async () => {
  const { client, behaviour, events } = await scene();
  await using _client = client;

  for (const next of ["bad", "bad", "well", "bad", "bad", "well"]) {
    behaviour.next = next === "bad" ? failWith("UNAVAILABLE") : () => "well";
    await codesOf(client, 1);
  }

  expect(events).toEqual([]);
});

it.each<ErrorCode>(["INVALID_ARGUMENTS", "RATE_LIMITED", "FORBIDDEN", "FAILED", "NOT_FOUND", "CONFLICT"])(
  "does not count %s, which says nothing about the tool's health",
  async (code) => {
    const { client, behaviour } = await scene();
    await using _client = client;
    behaviour.next = failWith(code);

    for (let time = 0; time < 10; time += 1) await client.callTool("sick").catch(() => undefined);

    expect(behaviour.runs).toBe(10);
  },
);

it("counts calls that hang until their time is over", async () => {
  const { client, behaviour, events } = await scene();
  await using _client = client;
  behaviour.next = () => new Promise(() => undefined);

  for (let time = 0; time < 3; time += 1) {
    const answer = client.callTool("sick");
    await client.clock.tick(1_000);
    await answer;
  }

  expect(events).toContain("circuit-breaker: opened 2");
});

it("closes again when one call gets through", async () => {
  const { client, behaviour, events } = await scene();
  await using _client = client;
  behaviour.next = failWith("INTERNAL");
  await codesOf(client, 3);
  behaviour.next = () => "well";

  await client.clock.tick(10_000);
  const codes = await codesOf(client, 2);

  expect(codes).toEqual(["well", "well"]);
  expect(events).toEqual(["circuit-breaker: opened 2", "circuit-breaker: half-opened 1", "circuit-breaker: closed 0"]);
});

it("lets one call try and refuses the others meanwhile, however long that takes", async () => {
  const { client, behaviour } = await scene();
  await using _client = client;
  behaviour.next = failWith("INTERNAL");
  await codesOf(client, 3);
  const gate = Promise.withResolvers<string>();
  behaviour.next = () => gate.promise;
  await client.clock.tick(10_000);

  const probe = client.callTool("sick");
  const others = await codesOf(client, 3);
  gate.resolve("well");

  expect(others).toEqual(["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"]);
  expect((await probe).text).toBe("well");
  expect(behaviour.runs).toBe(4);
});

it("gives a trial that hangs no more time than the circuit was open", async () => {
  const tool = defineTool({
    name: "sick",
    handler: (): Promise<string> => (hang ? new Promise(() => undefined) : Promise.reject(new Error("no"))),
  });
  let hang = false;
  const server = createServer({ name: "t", version: "1", log: silentLog, components: [tool] });
  server.use(circuitBreaker({ failures: 1, halfOpenAfterMs: 10_000 }));
  await using client = await createTestClient(server, { clock: "fake" });
  await codesOf(client, 1);
  hang = true;
  await client.clock.tick(10_000);

  void client.callTool("sick").catch(() => undefined);
  const during = await codesOf(client, 1);
  await client.clock.tick(10_000);
  hang = false;
  const after = await codesOf(client, 2);

  expect(during).toEqual(["UNAVAILABLE"]);
  expect(after).toEqual(["INTERNAL", "UNAVAILABLE"]);
});

it("opens again when the trial fails", async () => {
  const { client, behaviour } = await scene();
  await using _client = client;
  behaviour.next = failWith("INTERNAL");
  await codesOf(client, 3);

  await client.clock.tick(10_000);
  const codes = await codesOf(client, 2);

  expect(codes).toEqual(["INTERNAL", "UNAVAILABLE"]);
});

it("tries with the next call when a trial shows nothing", async () => {
  const { client, behaviour } = await scene();
  await using _client = client;
  behaviour.next = failWith("INTERNAL");
  await codesOf(client, 3);
  await client.clock.tick(10_000);

  behaviour.next = failWith("INVALID_ARGUMENTS");
  const first = await codesOf(client, 1);
  behaviour.next = failWith("INTERNAL");
  const second = await codesOf(client, 2);

  expect(first).toEqual(["INVALID_ARGUMENTS"]);
  expect(second).toEqual(["INTERNAL", "UNAVAILABLE"]);
});

it("keeps one tenant's failures from the others where it is told to", async () => {
  const tool = defineTool({
    name: "sick",
    handler: (_input, { tenant }) => {
      if (tenant === "a") throw new Error("no");
      return "well";
    },
  });
  const server = createServer({ name: "t", version: "1", log: silentLog, components: [tool] });
  server.use(circuitBreaker({ failures: 2, per: "tenant" }));
  await using a = await createTestClient(server, { principal: { id: "x", scopes: [], tenant: "a" } });
  await using b = await createTestClient(server, { principal: { id: "x", scopes: [], tenant: "b" } });

  const codes = await codesOf(a, 3);
  const other = await codesOf(b, 1);

  expect(codes).toEqual(["INTERNAL", "INTERNAL", "UNAVAILABLE"]);
  expect(other).toEqual(["well"]);
});

it("never forgets an open circuit for the failures of others, so that what was told of it stays true", async () => {
  const components = ["a", "b", "c"].map((name) =>
    defineTool({ name, handler: () => Promise.reject(new Error("no")) }),
  );
  const server = createServer({ name: "t", version: "1", log: silentLog, components });
  server.use(circuitBreaker({ failures: 2, maxCircuits: 1, halfOpenAfterMs: 1_000 }));
  await using client = await createTestClient(server, { clock: "fake" });
  const codes = async (name: string): Promise<unknown> => {
    const { result } = await client.callTool(name);
    return (result._meta?.["dev.plinth/error"] as { code: string } | undefined)?.code;
  };

  await codes("a");
  const counting = [await codes("b"), await codes("b"), await codes("b")];
  const others = [await codes("c"), await codes("c"), await codes("c")];
  const still = await codes("b");
  await client.clock.tick(101_000);
  const after = [await codes("c"), await codes("c"), await codes("c")];

  expect(counting).toEqual(["INTERNAL", "INTERNAL", "UNAVAILABLE"]);
  expect(others).toEqual(["INTERNAL", "INTERNAL", "INTERNAL"]);
  expect(still).toBe("UNAVAILABLE");
  expect(after).toEqual(["INTERNAL", "INTERNAL", "UNAVAILABLE"]);
});

it("refuses codes that there are not", () => {
  expect(() => circuitBreaker({ codes: ["constructor" as ErrorCode] })).toThrow('codes has "constructor"');
});

it.each([{ failures: 0 }, { halfOpenAfterMs: -1 }, { maxCircuits: Number.NaN }, { per: "user" }])(
  "refuses %o",
  (options) => {
    expect(() => circuitBreaker(options as CircuitBreakerOptions)).toThrow(/ is .*; /);
  },
);

it.each([
  ["back", -3_600_000],
  ["forward", 3_600_000],
])("opens for as long as it should when the clock on the wall jumps %s", async (_where, jumpMs) => {
  const { client, behaviour } = await scene();
  await using _client = client;
  behaviour.next = failWith("UNAVAILABLE");
  await codesOf(client, 3);
  using _clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + jumpMs);
  behaviour.next = () => "well";

  const early = await codesOf(client, 1);
  await client.clock.tick(10_000);
  const late = await codesOf(client, 1);

  expect(early).toEqual(["UNAVAILABLE"]);
  expect(late).toEqual(["well"]);
});

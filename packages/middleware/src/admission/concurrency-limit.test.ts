import { createServer, defineTool, stderrLogger, type Call, type PlatformEvent, type Result } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concurrencyLimit, type ConcurrencyLimitOptions } from "./concurrency-limit.ts";

/** What a call waits for inside, by the name that the test gave it. */
interface Gate {
  readonly name: string;
  readonly open: () => void;
}

/** A server whose tools `slow` and `other` run until the test lets them, and tell who runs. */
function slowServer(options: ConcurrencyLimitOptions) {
  const running = new Map<string, Gate>();
  const order: string[] = [];
  const events: PlatformEvent[] = [];
  let most = 0;
  const handler = async (_input: unknown, { meta }: { meta: Readonly<Record<string, unknown>> }) => {
    const name = String(meta["dev.test/name"]);
    const { promise, resolve } = Promise.withResolvers<void>();
    order.push(name);
    running.set(name, { name, open: resolve });
    most = Math.max(most, running.size);
    await promise;
    running.delete(name);
    return name;
  };
  const server = createServer({
    name: "t",
    version: "1",
    log: stderrLogger({ level: "silent" }),
    components: [
      defineTool({ name: "slow", handler }),
      defineTool({ name: "other", handler }),
      defineTool({ name: "nest", handler: (_input, { invoke }) => invoke("tools/call", { name: "quick" }) }),
      defineTool({ name: "quick", handler: () => "quick" }),
    ],
  }).use(concurrencyLimit(options));
  server.events.subscribe((event) => void events.push(event));
  return {
    server,
    events,
    order,
    running,
    get most() {
      return most;
    },
    async open(name: string) {
      running.get(name)?.open();
      await turns();
    },
  };
}

/** Lets messages that are on their way in memory arrive. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function connect(slow: ReturnType<typeof slowServer>, { id = "a", fake = false } = {}) {
  const client = await createTestClient(slow.server, {
    principal: { id, scopes: [] },
    leakCheck: false,
    ...(fake && { clock: "fake" }),
  });
  const answers = new Map<string, string>();
  return {
    client,
    answers,
    call(name: string, { tool = "slow", signal }: { tool?: string; signal?: AbortSignal } = {}) {
      const calling = client.sdk.callTool(
        { name: tool, arguments: {}, _meta: { "dev.test/name": name } },
        signal === undefined ? {} : { signal },
      );
      calling.then(
        (result) => void answers.set(name, result.isError === true ? "refused" : "done"),
        () => void answers.set(name, "left"),
      );
      return calling;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

describe("concurrencyLimit", () => {
  it("runs so many and no more, and lets others in by the order in which they came", async () => {
    const slow = slowServer({ total: 2 });
    await using server = slow.server;
    await using caller = await connect(slow);
    for (const name of ["a", "b", "c", "d"]) void caller.call(name);
    await turns();

    const atFirst = [...slow.order];
    await slow.open("b");
    const afterOne = [...slow.order];
    for (const name of ["a", "c", "d"]) await slow.open(name);

    expect(atFirst).toEqual(["a", "b"]);
    expect(afterOne).toEqual(["a", "b", "c"]);
    expect(slow.order).toEqual(["a", "b", "c", "d"]);
    expect(slow.most).toBe(2);
    expect(slow.events.map(({ part, action }) => `${part} ${action}`)).toEqual([
      "concurrency-limit queued",
      "concurrency-limit queued",
    ]);
    expect(server.inFlight).toBe(0);
  });

  it("refuses at once when the line is full, and says what to do", async () => {
    const slow = slowServer({ total: 1, maxWaiting: 1, retryAfterSeconds: 7 });
    await using _server = slow.server;
    await using caller = await connect(slow);
    void caller.call("a");
    void caller.call("b");
    await turns();

    const refused = await caller.call("c");
    await slow.open("a");
    await slow.open("b");

    expect(refused).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("too many wait already; try again in 7 s") as string }],
      _meta: { "dev.plinth/error": { code: "UNAVAILABLE", retryAfterSeconds: 7, scope: "server", limit: 1 } },
    });
    expect(slow.order).toEqual(["a", "b"]);
  });

  it("refuses who has waited too long, and gives the next place to the one behind", async () => {
    const slow = slowServer({ total: 1, maxWaitMs: 1_000 });
    await using _server = slow.server;
    await using caller = await connect(slow, { fake: true });
    void caller.call("a");
    const waited = caller.call("b");
    await caller.client.clock.tick(999);
    await turns();
    void caller.call("c");
    await turns();

    await caller.client.clock.tick(1);
    const refused = await waited;
    await slow.open("a");

    expect(refused).toMatchObject({ content: [{ text: expect.stringContaining("within 1000 ms") as string }] });
    expect(slow.order).toEqual(["a", "c"]);
    expect(slow.events).toMatchObject([
      { action: "shed", value: 1_000 },
      { action: "queued", value: 1 },
    ]);
    await slow.open("c");
  });

  it("lets a call of another tool pass those that wait for theirs", async () => {
    const slow = slowServer({ total: 3, tools: { slow: 1 } });
    await using _server = slow.server;
    await using caller = await connect(slow);
    void caller.call("a");
    void caller.call("b");
    void caller.call("c", { tool: "other" });
    void caller.call("d", { tool: "other" });
    await turns();

    const running = [...slow.running.keys()];
    for (const name of ["a", "b", "c", "d"]) await slow.open(name);

    expect(running).toEqual(["a", "c", "d"]);
  });

  it("keeps one principal from taking all places, and the whole line", async () => {
    const slow = slowServer({ total: 3, perPrincipal: 2, maxWaiting: 4 });
    await using _server = slow.server;
    await using greedy = await connect(slow);
    await using modest = await connect(slow, { id: "b" });
    for (let call = 0; call < 8; call += 1) void greedy.call(`greedy ${call}`);
    await turns();

    void modest.call("modest 0");
    void modest.call("modest 1");
    await turns();

    expect(slow.order).toEqual(["greedy 0", "greedy 1", "modest 0"]);
    expect([...greedy.answers.values()]).toEqual(["refused", "refused", "refused", "refused"]);
    await slow.open("greedy 0");
    expect(slow.order.slice(3)).toEqual(["greedy 2"]);
    await slow.open("modest 0");
    expect(slow.order.slice(4)).toEqual(["modest 1"]);
    for (const name of ["greedy 1", "greedy 2", "greedy 3", "modest 1"]) await slow.open(name);
  });

  it("takes a cancelled call out of the line at once, and never runs it", async () => {
    const slow = slowServer({ total: 1, maxWaiting: 1 });
    await using _server = slow.server;
    await using caller = await connect(slow);
    const leaving = new AbortController();
    void caller.call("a");
    void caller.call("b", { signal: leaving.signal });
    await turns();

    leaving.abort();
    await turns();
    void caller.call("c");
    await turns();
    await slow.open("a");
    await slow.open("c");

    expect(slow.order).toEqual(["a", "c"]);
    expect(slow.events.map(({ action }) => action)).toEqual(["abandoned", "queued"]);
  });

  it("gives back the place of a call that is cancelled just as it gets it", async () => {
    const limit = concurrencyLimit({ total: 1 });
    const leaving = new AbortController();
    const { signal } = leaving;
    const told: string[] = [];
    const callWith = (signal: AbortSignal) =>
      ({ depth: 0, signal, emit: ({ action }: { action: string }) => void told.push(action) }) as unknown as Call;
    // The last thing that happens before a call that waited goes on.
    signal.removeEventListener = () => leaving.abort();
    const gate = Promise.withResolvers<Result>();
    const ran: string[] = [];
    const first = limit(callWith(new AbortController().signal), () => gate.promise);
    const second = limit(callWith(signal), () => Promise.resolve({ ran: ran.push("second") }));

    gate.resolve({});
    const [, cancelled] = await Promise.allSettled([first, second]);
    const third = await limit(callWith(new AbortController().signal), () => Promise.resolve({ ran: "third" }));

    expect(cancelled).toMatchObject({ status: "rejected", reason: { code: "CANCELLED" } });
    expect(third).toEqual({ ran: "third" });
    expect([ran, told]).toEqual([[], ["abandoned"]]);
  });

  it("lets through what a running tool calls itself, however full it is", async () => {
    const slow = slowServer({ total: 1, maxWaiting: 0, perPrincipal: 1, perTool: 1 });
    await using _server = slow.server;
    await using caller = await connect(slow);

    const answer = await caller.client.callTool("nest", {});

    expect(answer.isError).toBe(false);
  });

  it("gives the place back when a call fails, also before its first promise", async () => {
    const server = createServer({
      name: "t",
      version: "1",
      log: stderrLogger({ level: "silent" }),
      components: [defineTool({ name: "quick", handler: () => "done" })],
    }).use(concurrencyLimit({ total: 1, maxWaiting: 0 }), (call, next) => {
      if (call.params["arguments"] !== undefined) throw new RangeError("at once");
      return next();
    });
    await using _server = server;
    await using client = await createTestClient(server);

    await client.callTool("quick", {});
    await client.callTool("quick", {});
    const { tools } = await client.sdk.listTools();

    expect(tools).toHaveLength(1);
  });

  it("never runs more than the limits, never loses a place, and answers everyone, whoever leaves when", async () => {
    const step = fc.constantFrom("call", "call", "call", "finish", "leave");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.nat(), async (steps, seed) => {
        const slow = slowServer({ total: 3, perPrincipal: 2, perTool: 2, maxWaiting: 6 });
        await using _server = slow.server;
        await using first = await connect(slow);
        await using second = await connect(slow, { id: "b" });
        const leaving: AbortController[] = [];
        let made = 0;
        for (const [at, what] of steps.entries()) {
          const chosen = (seed + at * 7) % 5;
          if (what === "call") {
            const controller = new AbortController();
            leaving.push(controller);
            const caller = chosen % 2 === 0 ? first : second;
            caller
              .call(`${(made += 1)}`, { tool: chosen < 3 ? "slow" : "other", signal: controller.signal })
              .catch(() => undefined);
          } else if (what === "finish") [...slow.running.values()].at(chosen % Math.max(1, slow.running.size))?.open();
          else leaving.at(chosen % Math.max(1, leaving.length))?.abort();
          if (chosen === 0) await turns();
        }
        for (let round = 0; round < made + 2; round += 1) {
          for (const { open } of slow.running.values()) open();
          await turns();
        }

        expect(slow.most).toBeLessThanOrEqual(3);
        expect(first.answers.size + second.answers.size).toBe(made);
        expect(slow.server.inFlight).toBe(0);
      }),
      { numRuns: 15 },
    );
  });

  it.each<[ConcurrencyLimitOptions, string]>([
    [{ total: 0 }, "total is 0"],
    [{ total: Number.NaN }, "total is NaN"],
    [{ perTool: -1 }, "perTool is -1"],
    [{ perPrincipal: 1.5 }, "perPrincipal is 1.5"],
    [{ tools: { slow: Infinity } }, 'tools["slow"] is Infinity'],
    [{ maxWaiting: -1 }, "maxWaiting is -1"],
    [{ maxWaitMs: 2 ** 31 }, "maxWaitMs is 2147483648"],
  ])("refuses %j", (options, message) => {
    expect(() => concurrencyLimit(options)).toThrow(message);
  });
});

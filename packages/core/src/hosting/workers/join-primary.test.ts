import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventsOf, openSocket, readToEnd } from "../http/fixtures/http-client.ts";
import { startWorkers } from "./fixtures/start-workers.ts";
import { callTool, post, workersAt } from "./fixtures/worker-client.ts";

// Three processes are started, which takes its time on a busy machine.
describe("a worker", { timeout: 30_000 }, () => {
  let server: Awaited<ReturnType<typeof startWorkers>>;
  beforeAll(async () => {
    server = await startWorkers({ http: { port: 0, headersTimeoutMs: 300, maxConnections: 20 } });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it("hears of a change in another one once, and its listeners with it", async () => {
    using stop = new DisposableStack();
    const aborting = new AbortController();
    stop.defer(() => aborting.abort());
    const uris = Array.from({ length: 8 }, (_, id) => `data://${id}`);
    const notifications = { resourceSubscriptions: uris };
    const listens = await Promise.all(
      [1, 2].map(() => post(server.url, "subscriptions/listen", { notifications }, aborting.signal)),
    );
    const streams = listens.map(eventsOf);
    for (const stream of streams) await stream.next();

    const changedBy = new Set<number>();
    for (const uri of uris) changedBy.add(await callTool(server.url, "change", { uri }));
    const heard = await Promise.all(
      streams.map(async (stream) => {
        const changes = new Set<string | undefined>();
        for (const _uri of uris) changes.add(/data:\/\/\d/.exec((await stream.next()).value?.data ?? "")?.[0]);
        return changes;
      }),
    );

    expect(changedBy.size).toBe(2);
    expect(heard).toStrictEqual([new Set(uris), new Set(uris)]);
  });

  it("goes on with a question that another one has asked", async () => {
    const outcomes = [];
    for (let round = 0; round < 4; round += 1) outcomes.push(await askAndAnswer(server.url));

    expect(new Set(outcomes.map(({ sure }) => sure))).toStrictEqual(new Set([true]));
    expect(outcomes.filter(({ asked, answered }) => asked !== answered)).not.toHaveLength(0);
  });

  it("answers a client that has closed its side, and refuses one that is late with its headers", async () => {
    const [closing, late] = [await openSocket(server), await openSocket(server)];

    closing.end("GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    late.write("GET /healthz HTTP/1.1\r\nhost:");

    expect(await readToEnd(closing)).toMatch(/^HTTP\/1.1 200 /);
    expect(await readToEnd(late)).toMatch(/^HTTP\/1.1 408 /);
  });

  it("drops connections above its limit", async () => {
    const healthz = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    for (let open = 0; open < 2 * 20; open += 1) {
      const socket = await openSocket(server);
      socket.write(healthz);
      await once(socket, "data");
    }

    const socket = await openSocket(server);
    socket.write(healthz);

    expect(await readToEnd(socket)).toBe("");
  });
});

describe("a worker whose primary is killed", { timeout: 30_000 }, () => {
  it("finishes its calls and ends", async () => {
    await using server = await startWorkers();
    const pids = await workersAt(server.url);
    const slow = callTool(server.url, "slow", { ms: 500 });
    await server.logged(({ message }) => message === "Slow");

    server.primary.kill("SIGKILL");
    const answer = await slow;

    expect(pids).toContain(answer);
    await server.gone;
  });

  it("ends although it is stuck in a call", async () => {
    await using server = await startWorkers();
    void post(server.url, "tools/call", { name: "block" }).catch(() => undefined);
    await server.logged(({ message }) => message === "Blocking");

    server.primary.kill("SIGKILL");

    expect(await Promise.race([server.gone.then(() => "gone"), delay(10_000, "still there", { ref: false })])).toBe(
      "gone",
    );
  });
});

/** Calls the tool that asks, and calls it again with the answer: which process did what. */
async function askAndAnswer(url: string): Promise<{ asked: number; answered: number; sure: boolean }> {
  const ask = { name: "ask", arguments: {} };
  const asked = (await (await post(url, "tools/call", ask)).json()) as {
    readonly result: { readonly requestState: string; readonly inputRequests: object };
  };
  const { requestState, inputRequests } = asked.result;
  const answers = Object.keys(inputRequests).map((key) => [key, { action: "accept", content: { sure: true } }]);
  const retry = { ...ask, requestState, inputResponses: Object.fromEntries(answers) as object };
  const answered = (await (await post(url, "tools/call", retry)).json()) as {
    readonly result: { readonly structuredContent: { asked: number; answered: number; sure: boolean } };
  };
  return answered.result.structuredContent;
}

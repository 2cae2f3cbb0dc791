import { Client, type Dispatcher } from "undici";
import { checkAnswer, createQuickCheck, type Answer } from "../workloads/check-answer.ts";
import { createRequests, firstId } from "../workloads/request.ts";
import type { Workload } from "../workloads/workload.ts";
import { LatencyRecorder, type LoadGenerator, type LoadLimit, type LoadResult } from "./load.ts";
import { stayAwake } from "./stay-awake.ts";

/** Connections of a load; each has one request on the way. */
export const connections = 16;

/**
 * Connects to a server and checks its first answer whole.
 *
 * @throws Error that says what is wrong with that answer
 */
export async function connectHttp(url: string, workload: Workload): Promise<LoadGenerator> {
  const { origin, pathname: path } = new URL(url);
  const { headers, body } = createRequests(workload);
  const clients = Array.from({ length: connections }, () => new Client(origin, { pipelining: 1, bodyTimeout: 20_000 }));
  let nextId = firstId;

  function ask(client: Client, id: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      client.dispatch({ method: "POST", path, headers, body: body(id) }, collect(resolve, reject));
    });
  }

  const disconnect = async (): Promise<void> => {
    await Promise.all(clients.map((client) => client.destroy()));
  };
  try {
    const id = nextId++;
    const whole = await ask(clients[0] as Client, id);
    checkAnswer(whole, { id, workload });
    const isGood = createQuickCheck(workload, whole);

    const converse = async (client: Client, hasMore: () => boolean, recorder: LatencyRecorder): Promise<void> => {
      while (hasMore()) {
        const id = nextId++;
        const sentAt = performance.now();
        const { status, body } = await ask(client, id);
        recorder.add(performance.now() - sentAt);
        if (!isGood(status, body, id)) throw new Error(`request ${id} got ${status}: ${body.slice(0, 300)}`);
      }
    };

    return {
      answerBytes: whole.body.length,
      async run(limit: LoadLimit): Promise<LoadResult> {
        const recorder = new LatencyRecorder();
        const startedAt = performance.now();
        const { milliseconds = Infinity, requests = Infinity } = limit;
        let left = requests;
        const hasMore = (): boolean => left-- > 0 && performance.now() - startedAt < milliseconds;
        const sleep = stayAwake();
        await Promise.all(clients.map((client) => converse(client, hasMore, recorder))).finally(sleep);
        const latencies = recorder.sorted();
        return { requests: latencies.length, seconds: (performance.now() - startedAt) / 1_000, latencies };
      },
      [Symbol.asyncDispose]: disconnect,
    };
  } catch (error) {
    await disconnect();
    throw error;
  }
}

function collect(resolve: (answer: Answer) => void, reject: (error: Error) => void): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let status = 0;
  let contentType = "";
  return {
    onRequestStart: () => undefined,
    onResponseStart(_controller, statusCode, headers) {
      status = statusCode;
      contentType = String(headers["content-type"] ?? "");
    },
    onResponseData: (_controller, chunk) => void chunks.push(chunk),
    onResponseEnd() {
      const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      // What the workloads carry is ASCII, and this decoding is the cheapest one.
      resolve({ status, contentType, body: body.toString("latin1") });
    },
    onResponseError: (_controller, error) => reject(error),
  };
}

import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { checkAnswer, createQuickCheck } from "../workloads/check-answer.ts";
import { createRequests, firstId, openingMessages } from "../workloads/request.ts";
import type { Workload } from "../workloads/workload.ts";
import { LatencyRecorder, type LoadGenerator, type LoadLimit, type LoadResult } from "./load.ts";

/** The pipes of a stdio server, seen from the client. */
export interface StdioPipes {
  readonly stdin: Writable;
  readonly stdout: Readable;
}

/** Options for {@link connectStdio}. */
export interface StdioLoadOptions {
  readonly workload: Workload;
  /** Requests on the way at a time: 1 waits for each answer, more pipelines. */
  readonly depth: number;
}

/** Milliseconds that the first answer may take. */
const patienceMs = 20_000;

/**
 * Opens a stdio connection, with the handshake of its era, and checks the first answer whole.
 *
 * @throws Error that says what is wrong with that answer
 */
export async function connectStdio(
  { stdin, stdout }: StdioPipes,
  { workload, depth }: StdioLoadOptions,
): Promise<LoadGenerator> {
  const requests = createRequests(workload);
  const answers = readAnswers(stdout);
  let nextId = firstId;

  async function ask(message: string, id: number): Promise<string> {
    stdin.write(`${message}\n`);
    for (;;) {
      const line = await answers.next(patienceMs);
      if (idOf(line) === id) return line;
    }
  }

  const opening = openingMessages(workload);
  if (opening !== undefined) {
    await ask(opening.request, firstId - 1);
    stdin.write(`${opening.afterwards}\n`);
  }
  const id = nextId++;
  const whole = { status: 200, contentType: "application/json", body: await ask(requests.body(id), id) };
  checkAnswer(whole, { id, workload });
  const isGood = createQuickCheck(workload, whole);

  function run({ milliseconds = Infinity, requests: limit = Infinity }: LoadLimit): Promise<LoadResult> {
    const recorder = new LatencyRecorder();
    const sentAt = new Map<number, number>();
    const startedAt = performance.now();
    const done = Promise.withResolvers<LoadResult>();
    let sent = 0;

    /** Sends as many requests as may be on the way. Those that fit together leave in one write. */
    function send(): void {
      const now = performance.now();
      let batch = "";
      const most = now - startedAt < milliseconds ? depth : 0;
      while (sentAt.size < most && sent < limit) {
        const id = nextId++;
        sent += 1;
        sentAt.set(id, now);
        batch += `${requests.body(id)}\n`;
      }
      if (batch !== "") stdin.write(batch);
      if (sentAt.size > 0) return;
      const latencies = recorder.sorted();
      done.resolve({ requests: latencies.length, seconds: (performance.now() - startedAt) / 1_000, latencies });
    }

    answers.each((line) => {
      const id = idOf(line);
      const since = sentAt.get(id);
      if (since === undefined) return;
      sentAt.delete(id);
      recorder.add(performance.now() - since);
      if (!isGood(200, line, id)) done.reject(new Error(`request ${id} got ${line.slice(0, 300)}`));
    }, send);
    const onClose = (): void => done.reject(new Error("it ended under load"));
    stdout.once("close", onClose);
    send();
    return done.promise.finally(() => stdout.off("close", onClose));
  }

  return { answerBytes: whole.body.length, run, [Symbol.asyncDispose]: async () => void stdin.end() };
}

/** The id of a response; a notification has none. Found without parsing, like everything else under load. */
function idOf(line: string): number {
  const match = /"id":(\d{6,7})[,}]/.exec(line);
  return match === null ? -1 : Number(match[1]);
}

interface Answers {
  /** The next line. */
  next(patienceMs: number): Promise<string>;
  /** From now on, every line of a chunk goes to `onLine`, and then comes `onChunk`. */
  each(onLine: (line: string) => void, onChunk: () => void): void;
}

function readAnswers(stdout: Readable): Answers {
  const waiting: string[] = [];
  let rest = "";
  let onLine = (line: string): void => void waiting.push(line);
  let onChunk = (): void => undefined;
  stdout.setEncoding("latin1").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
    onChunk();
  });
  return {
    async next(ms) {
      while (waiting.length === 0) await once(stdout, "data", { signal: AbortSignal.timeout(ms) });
      return waiting.shift() ?? "";
    },
    each(line, chunk) {
      onLine = line;
      onChunk = chunk;
    },
  };
}

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Part } from "../contestants/contestant.ts";
import { startContestant } from "../measure/contestant-process.ts";
import { firstId, messageOf } from "../workloads/request.ts";
import { defineWorkload } from "../workloads/workload.ts";
import type { BenchCase, Metric } from "./case.ts";

const cpu: Metric = { key: "cpu", title: "CPU of the process", unit: "µs" };
const wall: Metric = { key: "wall", title: "time", unit: "µs" };

/** What a part works on for one case, made anew for each contestant. */
interface Subject extends AsyncDisposable {
  /** Told to the contestant: a URL, a file, a program. */
  readonly name: string;
  /** What it must answer to an id. */
  readonly expects: (id: number) => string;
}

interface PartCase extends Pick<BenchCase, "name" | "title" | "about" | "reference" | "quick"> {
  readonly part: Part;
  readonly metrics: readonly [Metric, ...Metric[]];
  /** How often a round repeats the work. */
  readonly times: number;
  readonly subject: () => Promise<Subject>;
}

/** The packages that stand alone, beside what they are built on. */
export const partCases: readonly BenchCase[] = [
  partCase({
    part: "fetching",
    name: "fetch-1k",
    title: "fetch of 1 KB of JSON",
    about: "From a server on loopback, over a kept connection, one after the other.",
    metrics: [cpu, wall],
    reference: "undici",
    quick: true,
    times: 2_000,
    subject: jsonServer,
  }),
  partCase({
    part: "files",
    name: "read-4k",
    title: "read of a file of 4 KB",
    about: "Two folders below the root, from the cache of the system, one after the other.",
    metrics: [cpu, wall],
    reference: "node-fs",
    quick: true,
    times: 2_000,
    subject: () => fileOf(4 * 1024),
  }),
  partCase({
    part: "files",
    name: "read-10m",
    title: "read of a file of 10 MB",
    about: "Two folders below the root, from the cache of the system, one after the other.",
    metrics: [cpu, wall],
    reference: "node-fs",
    quick: false,
    times: 20,
    subject: () => fileOf(10 * 1024 * 1024),
  }),
  partCase({
    part: "running",
    name: "sandbox-run",
    title: "run of a small program",
    about:
      "A program that adds one to its input, one run after the other, each in a process of its own; the executor's waits in its pool. " +
      "The time is what counts: the work is in other processes.",
    metrics: [wall],
    reference: "child-process",
    quick: true,
    times: 20,
    subject: () => Promise.resolve({ name: "return input.id + 1", expects: (id) => String(id + 1), ...nothing }),
  }),
];

const nothing: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

function partCase({ part, subject, times, ...rest }: PartCase): BenchCase {
  return {
    ...rest,
    needs: ["part"],
    concerns: (contestant) => contestant.part === part,
    rounds: ({ rounds }) => rounds,
    async open(contestant) {
      await using stack = new AsyncDisposableStack();
      const work = stack.use(await subject());
      const process = stack.use(
        await startContestant({ ...contestant, variant: work.name }, { transport: "part", workload: defineWorkload() }),
      );
      const opened = stack.move();
      let nextId = firstId;
      const run = async (): Promise<number> => {
        const { text, milliseconds } = await process.test(nextId, times);
        nextId += times;
        const expected = work.expects(nextId - 1);
        if (text !== expected) throw new Error(`gave ${JSON.stringify(text)} in place of ${JSON.stringify(expected)}`);
        return (milliseconds * 1_000) / times;
      };
      return {
        async warmUp() {
          for (let round = 0; round < 3; round += 1) await run();
        },
        async round() {
          const before = await process.usage();
          const time = await run();
          const after = await process.usage();
          return { wall: time, cpu: (after.cpuMicros - before.cpuMicros) / times };
        },
        [Symbol.asyncDispose]: () => opened.disposeAsync(),
      };
    },
  };
}

/** Answers in this process, so that the contestant's CPU time is its own. */
async function jsonServer(): Promise<Subject> {
  const padding = "x".repeat(960);
  const server = createServer((request, response) => {
    const id = Number(new URL(request.url ?? "", "http://localhost").searchParams.get("id"));
    const body = JSON.stringify({ message: messageOf(id), padding });
    response
      .writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
      .end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    name: `http://127.0.0.1:${port}/`,
    expects: messageOf,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function fileOf(bytes: number): Promise<Subject> {
  const root = await mkdtemp(join(tmpdir(), "plinth-bench-"));
  const folder = join(root, "reports", "november");
  const file = join(folder, "report.bin");
  await mkdir(folder, { recursive: true });
  await writeFile(file, randomBytes(bytes));
  return {
    name: file,
    expects: () => String(bytes),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

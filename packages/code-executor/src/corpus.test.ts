import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testsBubblewrap } from "./fixtures/bubblewrap.ts";
import { sandboxProcesses } from "./fixtures/children.ts";
import { corpusHost } from "./fixtures/corpus-host.ts";
import { acceptedBy, corpus, type CorpusCase, verdictOf } from "./fixtures/corpus.ts";
import { type CodeExecutor, createCodeExecutor, type RunResult } from "./index.ts";

const mib = 1024 * 1024;
/** Each of these cost seconds; the plain tier runs them all, the strong one as many as there is time. */
const everything = process.env.PLINTH_ATTACK_SECONDS !== undefined;
const isQuick = ({ class: kind }: CorpusCase): boolean =>
  ["escape", "prototype-pollution", "leaky-host"].includes(kind);
/**
 * A program that may be stopped for its time is stopped soon; one that must run out of memory gets the time for it, on a
 * machine that is busy as well.
 */
const cpuMsFor = (each: CorpusCase): number => (acceptedBy(each).includes("timeout") ? 120 : 10_000);

/** It calls the host for ever: here the number of calls ends it before the time does. */
const endsByCalls = new Set(["async-host-pingpong"]);

describe.each([
  { backend: "process" as const, cases: corpus },
  { backend: "bubblewrap" as const, cases: everything ? corpus : corpus.filter(isQuick) },
])("the corpus of hostile programs in the tier $backend", ({ backend, cases }) => {
  const isHere = backend === "process" || testsBubblewrap;
  const run = it.skipIf(!isHere).concurrent;
  const delay = monitorEventLoopDelay({ resolution: 10 });
  let executor: CodeExecutor;

  beforeAll(() => {
    if (!isHere) return;
    executor = createCodeExecutor({
      backend,
      limits: { wallMs: 120_000, memoryBytes: 32 * mib, rssBytes: 256 * mib, callsInFlight: 8 },
      pool: { concurrency: 4, javascript: 4 },
    });
    delay.enable();
  });

  afterAll(async () => {
    await executor?.close();
  });

  const attack = (each: CorpusCase): Promise<RunResult> =>
    executor.run(each.code, {
      capabilities: { functions: { host: corpusHost() } },
      limits: { cpuMs: cpuMsFor(each) },
    });

  run.for(cases.filter((each) => each.class !== "leaky-host"))(
    "contains $id: $why",
    { timeout: 150_000 },
    async (each, { expect }) => {
      const result = await attack(each);

      expect(endsByCalls.has(each.id) ? [...acceptedBy(each), "limit"] : acceptedBy(each)).toContain(verdictOf(result));
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      expect(JSON.stringify(result)).not.toMatch(/node_modules|packages\/|\/etc\/no-such-file|isolated-vm/);
      if (each.id === "pp-override-json") expect(result).toMatchObject({ value: { real: 1 } });
    },
  );

  // They need the library's own objects in the program's hands. No option takes such an object.
  run.for(cases.filter((each) => each.class === "leaky-host"))("has nothing for $id to start from", async (each) => {
    const result = await attack(each);

    expect(JSON.stringify(result)).toContain("leak is not defined");
  });

  it.skipIf(!isHere)("leaves the host responsive and without a single process", async () => {
    await executor.close();

    expect(sandboxProcesses()).toEqual([]);
    expect(delay.percentile(99) / 1e6).toBeLessThan(250);
  });
});

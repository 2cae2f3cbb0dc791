/** Compares what keeps the process alive now with what did when the watch began. */
export interface LeakWatch {
  /** @throws Error naming the kinds of handles and timers that are left over */
  assertNone(): Promise<void>;
}

/** Kinds that come and go with Node's own work. */
const ignored: ReadonlySet<string> = new Set([
  "Immediate",
  "TTYWrap",
  "PipeWrap",
  "FSReqCallback",
  "FSReqPromise",
  "MessagePort",
]);

/** Turns of the event loop that closing handles may take to go away. */
const settlingTurns = 5;

/** Starts watching timers, sockets, servers and the like (Node's `process.getActiveResourcesInfo`). */
export function watchLeaks(): LeakWatch {
  const before = countResources();
  return {
    async assertNone() {
      let left = leftOver(before);
      for (let turn = 0; left.length > 0 && turn < settlingTurns; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        left = leftOver(before);
      }
      if (left.length > 0) {
        throw new Error(
          `Left open after close: ${left.join(", ")}. Stop what the code under test started, or pass leakCheck: false.`,
        );
      }
    },
  };
}

function countResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (!ignored.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function leftOver(before: ReadonlyMap<string, number>): readonly string[] {
  return [...countResources()].flatMap(([kind, count]) => {
    const more = count - (before.get(kind) ?? 0);
    return more > 0 ? [`${more} ${kind}`] : [];
  });
}

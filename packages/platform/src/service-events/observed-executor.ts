import type { PlatformEvents } from "@plinth/core";

/** What is read of a run of `@plinth/code-executor`. */
export interface ObservedRun {
  readonly ok: boolean;
  readonly failure?: string;
  readonly usage: { readonly wallMs: number };
}

/** The method of an executor that runs programs. */
export interface ProgramRunner<Options, Run extends ObservedRun> {
  run(code: string, options?: Options): Promise<Run>;
}

/**
 * The executor, with runs that a server's listeners hear of. Tells `code-executor`: `succeeded`, the failure's name, or `refused`
 * for a program that could not be run (value: milliseconds that it ran).
 */
export function observedExecutor<Options, Run extends ObservedRun, Executor extends ProgramRunner<Options, Run>>(
  executor: Executor & ProgramRunner<Options, Run>,
  events: PlatformEvents,
): Executor {
  return {
    ...executor,
    async run(code: string, options?: Options) {
      try {
        const run = await executor.run(code, options);
        const action = run.ok ? "succeeded" : (run.failure ?? "failed");
        events.publish({ part: "code-executor", action, value: run.usage.wallMs });
        return run;
      } catch (error) {
        events.publish({ part: "code-executor", action: "refused" });
        throw error;
      }
    },
  };
}

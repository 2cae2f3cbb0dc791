import type { Workload } from "../workloads/workload.ts";

/** What a contestant's process can do. It serves one workload for its life. */
export interface ContestantServer {
  /** Listens on a loopback port. @returns where MCP is served */
  readonly http?: (workload: Workload, variant: string | undefined) => Promise<string>;
  /** Serves this process's standard input and output. */
  readonly stdio?: (workload: Workload, variant: string | undefined) => Promise<unknown> | void;
  /** Makes one in-memory test: a new server, a connected client, one call, everything closed. @returns the call's text */
  readonly memory?: (workload: Workload, variant: string | undefined) => (id: number) => Promise<string>;
  /** Gets ready for what the case names: a URL, a file, a program. */
  readonly part?: (subject: string) => Promise<RepeatedWork>;
}

/** Work that is done and measured again and again. */
export interface RepeatedWork {
  /** @returns What the work gave, which depends on the id */
  readonly run: (id: number) => Promise<string>;
  /** Done before each run, and not measured. */
  readonly prepare?: () => Promise<unknown>;
}

/** What the parent says to a contestant's process. */
export type Order =
  | {
      readonly kind: "start";
      readonly transport: keyof ContestantServer;
      readonly workload: Workload;
      readonly variant?: string;
    }
  | { readonly kind: "usage" }
  | { readonly kind: "collected" }
  | { readonly kind: "test"; readonly id: number; readonly times: number };

/** What the process has used; times in microseconds since it started, memory in bytes. */
export interface Usage {
  readonly cpuMicros: number;
  readonly rss: number;
  readonly heapUsed: number;
}

/** What a contestant's process answers, one for each order. */
export type Reply =
  | { readonly kind: "ready"; readonly url?: string }
  | { readonly kind: "usage"; readonly usage: Usage }
  | { readonly kind: "tested"; readonly text: string; readonly milliseconds: number }
  | { readonly kind: "failed"; readonly message: string };

/**
 * The main of a contestant's process: does what the parent orders over the IPC channel, and ends with it. The figures
 * come from inside, because only the process itself knows its CPU time to the microsecond on every system.
 */
export function serveContestant(server: ContestantServer): void {
  let work: RepeatedWork | undefined;

  async function obey(order: Order): Promise<Reply> {
    switch (order.kind) {
      case "start": {
        const { transport, workload, variant } = order;
        if (transport === "memory") {
          const run = server.memory?.(workload, variant);
          work = run && { run };
          return { kind: "ready" };
        }
        if (transport === "part") {
          work = await server.part?.(variant ?? "");
          return { kind: "ready" };
        }
        const url = await server[transport]?.(workload, variant);
        return { kind: "ready", ...(typeof url === "string" && { url }) };
      }
      case "usage":
        return { kind: "usage", usage: usageNow() };
      case "collected":
        // The second pass takes what the first one's finalizers let go of.
        globalThis.gc?.();
        globalThis.gc?.();
        return { kind: "usage", usage: usageNow() };
      case "test": {
        if (work === undefined) throw new Error("Nothing that can be repeated was started");
        let text = "";
        let milliseconds = 0;
        for (let offset = 0; offset < order.times; offset += 1) {
          if (work.prepare !== undefined) await work.prepare();
          const startedAt = performance.now();
          text = await work.run(order.id + offset);
          milliseconds += performance.now() - startedAt;
        }
        return { kind: "tested", text, milliseconds };
      }
    }
  }

  const reply = (message: Reply): void => void process.send?.(message);
  process.on("message", (order: Order) => {
    void obey(order).then(reply, (error: unknown) => reply({ kind: "failed", message: toText(error) }));
  });
  process.once("disconnect", () => process.exit());
}

function usageNow(): Usage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return { cpuMicros: user + system, rss, heapUsed };
}

function toText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

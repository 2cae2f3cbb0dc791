import { fileURLToPath } from "node:url";
import type { Contestant } from "../contestants/contestant.ts";
import { measureColdStart } from "../measure/cold-start.ts";
import type { OpenSubject } from "../measure/rotation.ts";
import type { Era } from "../workloads/workload.ts";
import type { BenchCase } from "./case.ts";

/** From spawn to the first list over stdio, in both eras. */
export const coldStartCases: readonly BenchCase[] = (["modern", "legacy"] as const).map((era): BenchCase => ({
  name: era === "modern" ? "cold-start" : "legacy-cold-start",
  title: `cold start, spawn to the first tools/list over stdio (${era === "modern" ? "2026-07-28" : "2025-11-25, with its handshake"})`,
  about: "Ten tools; the example server has its own and opens its database. `node -e 0` is measured until it ends.",
  metrics: [
    { key: "wall", title: "time to the first list", unit: "ms" },
    { key: "cpu", title: "CPU until then", unit: "ms" },
  ],
  reference: "node-empty",
  quick: true,
  needs: ["cold-start", era],
  concerns: ({ coldStart, module }) => coldStart !== undefined || module !== undefined,
  rounds: ({ spawns }) => spawns,
  open: async (contestant) => openColdStart(contestant, era),
}));

function openColdStart({ coldStart }: Contestant, era: Era): OpenSubject {
  if (coldStart === undefined) throw new Error("has no script to start");
  const { script, arguments: given = [], environment = {}, serves = true } = coldStart;
  const program = {
    arguments: [...(script === undefined ? [] : [fileURLToPath(script)]), ...given],
    environment,
    serves,
  };
  return {
    // The first start reads files from the disk, and may keep something for those that follow.
    warmUp: async () => void (await measureColdStart(program, era, { end: true })),
    async round() {
      const { wallMs, cpuMs } = await measureColdStart(program, era);
      return { wall: wallMs, cpu: cpuMs };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

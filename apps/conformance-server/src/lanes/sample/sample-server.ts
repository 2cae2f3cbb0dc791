import { createServer, type Logger, type PlinthServer, type ServerOptions } from "@plinth/core";
import { z } from "zod";
import { askingTools } from "./asking-tools.ts";
import { notifyingTools } from "./notifying-tools.ts";
import { oddMiddleware, witness } from "./odd-middleware.ts";
import { promptsAndResources } from "./prompts-and-resources.ts";
import { resultTools } from "./result-tools.ts";

/** Keeps the log of refusals and failures, which are wanted here, out of the test's output. */
export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** A server with something of everything that lanes can treat differently. */
export function createSampleServer({ pageSize = 10 }: Pick<ServerOptions, "pageSize"> = {}): PlinthServer {
  const server = createServer({
    name: "sample",
    version: "1.0.0",
    title: "Sample",
    instructions: "Everything is a sample.",
    log: silent,
    pageSize,
    // None waits, so that what is sent does not depend on the clock.
    progressIntervalMs: 0,
    components: [...resultTools, ...notifyingTools, ...askingTools, ...promptsAndResources],
  });
  server.use(witness, oddMiddleware);
  server.method(
    "vendor/double",
    { params: z.looseObject({ n: z.number() }), result: z.object({ n: z.number() }) },
    ({ n }) => ({
      n: n * 2,
    }),
  );
  server.method(
    "vendor/wrong",
    { params: z.looseObject({}), result: z.object({ n: z.number() }) },
    () => ({ n: "x" }) as never,
  );
  server.method("vendor/echo", { params: z.looseObject({}) }, (params) => ({ params: Object.entries(params) }));
  // The specification took these names out of 2026-07-28; the tasks extension has brought the first one back.
  for (const method of ["tasks/get", "tasks/cancel", "tasks/update", "tasks/list", "tasks/result"]) {
    server.method(method, { params: z.looseObject({}), extension: "io.modelcontextprotocol/tasks" }, (params, ctx) => {
      ctx.progress(1);
      return { method, taskId: params["taskId"] ?? null };
    });
  }
  return server;
}

/** A server that has nothing. */
export function createEmptyServer(): PlinthServer {
  return createServer({ name: "empty", version: "1.0.0", log: silent });
}

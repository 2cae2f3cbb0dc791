import type { CodeExecutor } from "@plinth/code-executor";
import type { PlinthServer } from "@plinth/core";
import type { Services } from "./services.ts";

/**
 * Adds code mode: `search_tools`, `get_tool_schema`, and a `run_code` whose programs call the tools of this server, in the
 * place of the one that only reads data sets. Its package is loaded when the settings ask for it.
 */
export async function addCodeMode(server: PlinthServer<Services>): Promise<void> {
  const { codeMode } = await import("@plinth/code-mode");
  // The service opens its executor for the first program, and code mode needs no more of it than this.
  const executor: Pick<CodeExecutor, "run"> = {
    run: async (code, options) => (await server.services.executor.get()).run(code, options),
  };
  server.add(...codeMode({ executor }));
}

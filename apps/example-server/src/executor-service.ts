import type { CodeExecutor } from "@plinth/code-executor";
import { service, type ServiceDefinition } from "@plinth/core";
import { observedExecutor } from "@plinth/platform";
import type { ExampleConfig } from "./config.ts";
import { Lazy } from "./lazy.ts";

/** What a sandbox needs besides the memory of its program, which is noticed a little late. */
const ownMemory = 192 * 1024 * 1024;

/** The executor as a service. No process is started before the first program; the last ones end with the server. */
export function executorService(settings: ExampleConfig["code"]): ServiceDefinition<Lazy<CodeExecutor>> {
  const { isolation, cpu, timeout, memory } = settings;
  return service({
    start: ({ log, events }) =>
      new Lazy(async () => {
        const { createCodeExecutor } = await import("@plinth/code-executor");
        const executor = createCodeExecutor({
          backend: isolation,
          limits: {
            cpuMs: cpu,
            wallMs: timeout,
            memoryBytes: memory,
            rssBytes: memory + ownMemory,
            resultBytes: 64 * 1024,
            outputBytes: 16 * 1024,
          },
          onError: (error) => log.error("Something failed beside a program", { error }),
        });
        return observedExecutor(executor, events);
      }),
  });
}

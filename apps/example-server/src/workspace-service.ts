import { mkdir } from "node:fs/promises";
import { KitError, service, type ServiceDefinition } from "@plinth/core";
import type { FileRoot } from "@plinth/file-operations";
import { fileEvents } from "@plinth/platform";
import type { ExampleConfig } from "./config.ts";
import { Lazy } from "./lazy.ts";

/** Options for {@link workspaceService}: the settings, with an absolute path. */
export interface WorkspaceServiceOptions extends Omit<ExampleConfig["files"], "root"> {
  readonly root: string;
}

/** The workspace as a service: made and opened by the first call that needs it. Its log has every change and refusal. */
export function workspaceService(options: WorkspaceServiceOptions): ServiceDefinition<Lazy<FileRoot>> {
  const { root, mode, guarantee, maxFileBytes, maxBytes, maxFiles } = options;
  return service({
    start: ({ log, events }) =>
      new Lazy(async () => {
        const { openRoot } = await import("@plinth/file-operations");
        const count = fileEvents(events);
        try {
          await mkdir(root, { recursive: true });
          return await openRoot(root, {
            mode,
            accept: guarantee,
            limits: { readBytes: maxFileBytes, writeBytes: maxFileBytes },
            quota: { bytes: maxBytes, files: maxFiles },
            onEvent(event) {
              count(event);
              if (event.type === "refusal") log.warn("A request for a file was refused", { ...event });
              else log.info("A file was changed", { ...event });
            },
          });
        } catch (cause) {
          log.error("The workspace does not open; see FILES_ROOT and FILES_GUARANTEE", { root, error: cause });
          throw new KitError("UNAVAILABLE", "The workspace of this server cannot be opened at the moment.", { cause });
        }
      }),
  });
}

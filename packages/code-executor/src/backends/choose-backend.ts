import { CodeExecutorError } from "../code-executor-error.ts";
import { bubblewrapBackend } from "./bubblewrap/bubblewrap-backend.ts";
import { probeBubblewrap } from "./bubblewrap/probe-bubblewrap.ts";
import { processBackend } from "./process/process-backend.ts";
import type { SandboxBackend } from "./sandbox-backend.ts";

/**
 * The backend that an option means. Trying out bubblewrap takes some 50 ms, once, and not while anything is served.
 *
 * @throws CodeExecutorError `unavailable` when bubblewrap is asked for by name and does not work, `invalid` for no backend
 */
export function chooseBackend(choice: "auto" | "process" | "bubblewrap" | SandboxBackend): SandboxBackend {
  if (typeof choice === "object" && typeof (choice as SandboxBackend | null)?.spawn === "function") return choice;
  switch (choice) {
    case "process": {
      return processBackend();
    }
    case "auto": {
      const probe = probeBubblewrap();
      return probe.works ? bubblewrapBackend(probe) : processBackend();
    }
    case "bubblewrap": {
      const probe = probeBubblewrap();
      if (probe.works) return bubblewrapBackend(probe);
      throw new CodeExecutorError(
        "unavailable",
        `The backend "bubblewrap" does not work here: ${probe.reason}; install it ("apt-get install bubblewrap") and ` +
          'allow user namespaces, or choose "process".',
      );
    }
    default: {
      throw new CodeExecutorError(
        "invalid",
        `backend is ${JSON.stringify(choice)}; use "auto", "process", "bubblewrap" or a SandboxBackend.`,
      );
    }
  }
}

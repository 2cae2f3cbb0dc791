import type { ChildSettings } from "../child-program.ts";
import type { RunMessage } from "../protocol/messages.ts";
import { receive, send } from "./channel.ts";
import { serveIsolate } from "./serve-isolate.ts";

/** A language's side of the child: made while the sandbox waits, given the program once. */
export interface Runner {
  /** Runs the program; reports its end by itself. */
  run(message: RunMessage): void;
  /** What the host answers to a call of the program. */
  answer(id: number, ok: boolean, text: string | undefined): void;
}

/**
 * The whole of the child: prepares for the language it was started for, says so, and does what it is told. It never
 * ends by itself; the host kills it, and if the host is gone, its input ends and it kills itself.
 */
export function serve(json: string): void {
  const settings = JSON.parse(json) as ChildSettings;
  prepare(settings).then(
    (runner) => {
      receive((message) => {
        if (message.type === "run") {
          send({ type: "started" });
          runner.run(message);
        } else runner.answer(message.id, message.ok, message.ok ? message.json : message.error);
      });
      send({ type: "ready" });
    },
    (error: unknown) => {
      send({ type: "unavailable", reason: error instanceof Error ? error.message : String(error) });
    },
  );
}

async function prepare(settings: ChildSettings): Promise<Runner> {
  if (settings.language !== "python") return serveIsolate(settings);
  const { servePython } = await import("./serve-python.ts");
  return servePython(settings);
}

import type ivm from "isolated-vm";
import type { RunMessage } from "../protocol/messages.ts";
import { prelude } from "./prelude/prelude.ts";

/** What the prelude calls, with strings and numbers. */
export type Post = (kind: string, ...details: unknown[]) => void;

/** A program that does not parse. */
export class ProgramSyntaxError extends Error {
  override readonly name: string = "ProgramSyntaxError";
}

const mib = 1024 * 1024;

/** One isolate with the prelude in it, ready to be given its program. */
export interface Guest {
  /** Limit of the isolate, in bytes. */
  readonly memoryBytes: number;
  /**
   * Starts the program; settles when it first waits for something, or with what ended it.
   * @throws ProgramSyntaxError
   */
  start(message: RunMessage, javascript: string): Promise<void>;
  /** Goes on with what waits for a call. */
  settle(id: number, ok: boolean, text: string | undefined): Promise<void>;
  /** Goes on with what waits for a timer. */
  fire(id: number): Promise<void>;
}

/**
 * Makes an isolate with the prelude. The module's objects and references stay on this side: the isolate gets one
 * callback that takes strings and numbers, and functions of its own realm.
 *
 * @param onLost Called when the isolate is lost in a way that leaves its thread hanging.
 */
export function createGuest(
  { Isolate, Callback }: typeof ivm,
  memoryBytes: number,
  { post, onLost }: { readonly post: Post; readonly onLost: (reason: string) => void },
): Guest {
  const isolate = new Isolate({ memoryLimit: Math.ceil(memoryBytes / mib), onCatastrophicError: onLost });
  const context = isolate.createContextSync();
  const made = context.evalClosureSync(prelude, [new Callback(post)], {
    result: { reference: true },
    filename: "plinth:prelude",
  }) as unknown as ivm.Reference<Record<"check" | "start" | "settle" | "fire", unknown>>;
  const member = (name: "check" | "start" | "settle" | "fire"): ivm.Reference =>
    made.getSync(name, { reference: true }) as ivm.Reference;
  const [check, begin, settle, fire] = [member("check"), member("start"), member("settle"), member("fire")];
  return {
    memoryBytes,
    async start({ code: _, language, ...message }, javascript) {
      const script = await isolate
        .compileScript(`(async function () {\n${javascript}\n})`, {
          filename: `file:///program.${language === "typescript" ? "ts" : "js"}`,
          lineOffset: -1,
        })
        .catch((error: unknown) => {
          throw new ProgramSyntaxError((error as Error).message);
        });
      const problem = (await check.apply(undefined, [javascript], { result: { copy: true } })) as string;
      if (problem !== "") throw new ProgramSyntaxError(`${problem} (the program must be the body of one function)`);
      const main = await script.run(context, { reference: true });
      await call(begin, [JSON.stringify(message), main.derefInto()]);
    },
    settle: (id, ok, text) => call(settle, [id, ok, text]),
    fire: (id) => call(fire, [id]),
  };
}

/** Calls a function inside; settles when it and the microtasks after it are through. */
async function call(reference: ivm.Reference, args: ivm.Transferable[]): Promise<void> {
  await reference.apply(undefined, args);
}

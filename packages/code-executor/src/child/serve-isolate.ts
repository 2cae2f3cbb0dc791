import type ivm from "isolated-vm";
import type { ChildSettings } from "../child-program.ts";
import type { CallKind, RunMessage } from "../protocol/messages.ts";
import type { OutputStream } from "../run-options.ts";
import type { RunFailure } from "../run-result.ts";
import { send } from "./channel.ts";
import { createGuest, type Guest, ProgramSyntaxError } from "./guest.ts";
import type { Runner } from "./serve.ts";
import { stripTypes } from "./strip-types.ts";

/** Between two looks at what the program has used; the host looks as well, from outside. */
const watchMs = 25;

/** JavaScript and TypeScript, in an isolate on a thread of its own: this thread stays free to watch it. */
export function serveIsolate({ addon, memoryBytes, language }: ChildSettings): Runner {
  // The zone would tell where the host is, and differ by tier.
  process.env.TZ = "UTC";
  const module: { exports: { ivm?: typeof ivm } } = { exports: {} };
  // Straight to the binary: finding it through its package takes longer than starting an isolate.
  process.dlopen(module, addon);
  const library = module.exports.ivm;
  if (library === undefined) throw new Error("the binary of isolated-vm exports nothing");
  const run = new IsolateRun(library, memoryBytes);
  if (language === "typescript") stripTypes("");
  return run;
}

class IsolateRun implements Runner {
  readonly #library: typeof ivm;
  #guest: Guest;
  /** Calls and timers that may still wake the program up, and pieces of its work that are not over. */
  #expected = 0;
  #cpuAtStart = process.cpuUsage();
  /** Whether the lines that the engine reports are those of the program as it was given. */
  #sameLines = true;
  #ended = false;

  constructor(library: typeof ivm, memoryBytes: number) {
    this.#library = library;
    this.#guest = this.#createGuest(memoryBytes);
  }

  run(message: RunMessage): void {
    const { memoryBytes, cpuMs, rssBytes } = message.limits;
    if (memoryBytes !== this.#guest.memoryBytes) this.#guest = this.#createGuest(memoryBytes);
    this.#cpuAtStart = process.cpuUsage();
    setInterval(() => {
      if (this.#cpuMs() > cpuMs) this.#fail("timeout", `The program used more than ${cpuMs} ms of CPU time.`);
      if (rss() > rssBytes) this.#fail("out-of-memory", "The program used more memory than it may.");
    }, watchMs);
    let javascript = message.code;
    if (message.language === "typescript") {
      try {
        ({ javascript, sameLines: this.#sameLines } = stripTypes(message.code));
      } catch (error) {
        this.#fail("syntax", (error as Error).message);
        return;
      }
    }
    this.#follow(this.#guest.start(message, javascript));
  }

  answer(id: number, ok: boolean, text: string | undefined): void {
    this.#expected -= 1;
    this.#follow(this.#guest.settle(id, ok, text));
  }

  /** Looks at how a piece of the program's work ended. */
  #follow(work: Promise<void>): void {
    this.#expected += 1;
    work.then(
      () => {
        this.#expected -= 1;
        if (this.#expected > 0) return;
        this.#fail("timeout", "The program waits for a promise that nothing can settle any more.");
      },
      (error: unknown) => {
        // A rejection that nobody handled arrives here as well, as in Node.
        const { message, stack } = describe(error);
        if (error instanceof ProgramSyntaxError) this.#fail("syntax", message, stack);
        else if (/disposed/.test(message)) this.#fail("out-of-memory", "The program used more memory than it may.");
        else this.#fail("thrown", message, stack);
      },
    );
  }

  /** Of the whole process: an isolate's own figure counts the time in which its thread waited for a processor. */
  #cpuMs(): number {
    const { user, system } = process.cpuUsage(this.#cpuAtStart);
    return (user + system) / 1000;
  }

  #createGuest(memoryBytes: number): Guest {
    return createGuest(this.#library, memoryBytes, {
      post: (kind, ...details) => this.#take(kind, details),
      onLost: (reason) => {
        const memory = reason.includes("memory");
        this.#fail(memory ? "out-of-memory" : "timeout", memory ? "The program used more memory than it may." : reason);
      },
    });
  }

  #take(kind: string, details: readonly unknown[]): void {
    if (this.#ended) return;
    const [first, second, third, fourth] = details;
    switch (kind) {
      case "output": {
        send({ type: "output", stream: first as OutputStream, text: second as string });
        break;
      }
      case "call": {
        this.#expected += 1;
        const [id, callKind, name, args] = [first as number, second as CallKind, third as string, fourth as string];
        send({ type: "call", id, kind: callKind, name, args });
        break;
      }
      case "timer": {
        this.#expected += 1;
        setTimeout(() => {
          this.#expected -= 1;
          this.#follow(this.#guest.fire(first as number));
        }, second as number);
        break;
      }
      case "artifact": {
        send({ type: "artifact", name: first as string, base64: second as string });
        break;
      }
      case "failed": {
        this.#fail(first as RunFailure, second as string, third as string);
        break;
      }
      case "done": {
        this.#ended = true;
        const json = first as string | undefined;
        send({ type: "done", cpuMs: this.#cpuMs(), ...(json === undefined ? {} : { json }) });
        break;
      }
    }
  }

  #fail(failure: RunFailure, message: string, stack = ""): void {
    if (this.#ended) return;
    this.#ended = true;
    const line = /file:\/\/\/program\.[jt]s:(\d+)/.exec(`${stack}\n${message}`)?.[1];
    send({
      type: "failed",
      failure,
      message: message.replaceAll(/ ?\[?(?:file:\/\/\/program\.[jt]s|<isolated-vm>):\d+:\d+\]?/g, ""),
      cpuMs: this.#cpuMs(),
      ...(line === undefined || !this.#sameLines ? {} : { line: Number(line) }),
    });
  }
}

/** Without `/proc` there is no such figure; then the host alone watches, or the engine. */
function rss(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return 0;
  }
}

/** isolated-vm copies what the program rejected with, so this is data; it may be anything all the same. */
function describe(error: unknown): { message: string; stack: string } {
  if (!(error instanceof Error)) return { message: `Thrown: ${String(error)}`, stack: "" };
  const { name } = error;
  // In the library's words, which name it.
  const message = error.message.startsWith("An object was thrown from supplied code")
    ? "Something was thrown that is no Error."
    : error.message;
  const shown = error instanceof ProgramSyntaxError ? message : `${name}: ${message}`;
  return { message: shown.slice(0, 2_000), stack: String(error.stack).slice(0, 4_000) };
}

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ChildSettings } from "../child-program.ts";
import type { CallKind, RunMessage } from "../protocol/messages.ts";
import type { OutputStream } from "../run-options.ts";
import type { RunFailure } from "../run-result.ts";
import { send } from "./channel.ts";
import { pythonPrelude } from "./python-prelude.ts";
import type { Runner } from "./serve.ts";

/** The part of Pyodide that is used here; the package is optional, so its types are not imported. */
interface Pyodide {
  readonly FS: { writeFile(path: string, content: string | Uint8Array): void };
  runPython(code: string): unknown;
  setStdout(options: { readonly write: (bytes: Uint8Array) => number }): void;
  setStderr(options: { readonly write: (bytes: Uint8Array) => number }): void;
}

/** A Python object as JavaScript sees it. */
interface PythonBytes {
  toJs(): Uint8Array;
  destroy(): void;
}

type Run = (code: string, settings: string) => Promise<string>;

/** Python, on the child's only thread: only the host can watch it. */
export async function servePython({ pyodide: folder = "" }: ChildSettings): Promise<Runner> {
  const { loadPyodide } = (await import(pathToFileURL(join(folder, "pyodide.mjs")).href)) as {
    readonly loadPyodide: (options: object) => Promise<Pyodide>;
  };
  // An empty object in place of the globals that `import js` would find. No boundary, but nothing to stumble upon.
  const python = await loadPyodide({ indexURL: `${folder}/`, jsglobals: Object.create(null) as object });
  const run = new PythonRun(python);
  return run;
}

class PythonRun implements Runner {
  readonly #python: Pyodide;
  readonly #run: Run;
  readonly #pending = new Map<number, (answer: string) => void>();
  readonly #waiting: (() => void)[] = [];
  #lastId = 0;
  #mostInFlight = 1;

  constructor(python: Pyodide) {
    this.#python = python;
    const makeRun = python.runPython(pythonPrelude) as (bridge: object) => Run;
    this.#run = makeRun({
      call: (kind: CallKind, name: string, args: string) => this.#call(kind, name, args),
      artifact: (name: string, data: PythonBytes) => {
        send({ type: "artifact", name, base64: Buffer.from(data.toJs()).toString("base64") });
        data.destroy();
      },
    });
    python.setStdout({ write: writer("stdout") });
    python.setStderr({ write: writer("stderr") });
  }

  run({ code, files, limits, ...settings }: RunMessage): void {
    this.#mostInFlight = limits.callsInFlight;
    const startedAt = process.cpuUsage();
    const cpuMs = (): number => {
      const { user, system } = process.cpuUsage(startedAt);
      return (user + system) / 1000;
    };
    for (const { name, encoding, content } of files) {
      this.#python.FS.writeFile(name, encoding === "utf8" ? content : Buffer.from(content, "base64"));
    }
    this.#run(code, JSON.stringify(settings)).then(
      (outcome) => report(outcome, cpuMs()),
      // The interpreter itself failed, which its own memory does when it is full.
      (error: unknown) => {
        const text = String(error);
        const failure = /memory/i.test(text) ? "out-of-memory" : "thrown";
        send({ type: "failed", failure, message: "The interpreter stopped.", cpuMs: cpuMs() });
      },
    );
  }

  answer(id: number, ok: boolean, text: string | undefined): void {
    this.#pending.get(id)?.(JSON.stringify({ ok, text }));
    this.#pending.delete(id);
    this.#waiting.shift()?.();
  }

  #call(kind: CallKind, name: string, args: string): Promise<string> {
    return new Promise((resolve) => {
      const start = (): void => {
        this.#lastId += 1;
        this.#pending.set(this.#lastId, resolve);
        send({ type: "call", id: this.#lastId, kind, name, args });
      };
      if (this.#pending.size < this.#mostInFlight) start();
      else this.#waiting.push(start);
    });
  }
}

function report(outcome: string, cpuMs: number): void {
  const { json, failure, message, line } = JSON.parse(outcome) as {
    readonly json?: string;
    readonly failure?: RunFailure;
    readonly message?: string;
    readonly line?: number | null;
  };
  if (failure === undefined) send({ type: "done", cpuMs, ...(json === undefined ? {} : { json }) });
  else send({ type: "failed", failure, message: message ?? "", cpuMs, ...(typeof line === "number" ? { line } : {}) });
}

function writer(stream: OutputStream): (bytes: Uint8Array) => number {
  const decoder = new TextDecoder();
  return (bytes) => {
    const text = decoder.decode(bytes, { stream: true });
    if (text !== "") send({ type: "output", stream, text });
    return bytes.length;
  };
}

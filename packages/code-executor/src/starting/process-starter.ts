import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import type { SandboxProcess } from "../backends/sandbox-backend.ts";
import { childFile } from "../child-file.ts";
import { CodeExecutorError } from "../code-executor-error.ts";
import { LocalProcess } from "./local-process.ts";
import type { StartOptions } from "./spawn-sandbox.ts";
import { startProcess } from "./start-process.ts";
import type { StarterReport, StarterRequest } from "./starter-messages.ts";

/** A start that was asked for and not answered yet. */
interface Pending {
  readonly resolve: (process: SandboxProcess) => void;
  readonly reject: (error: Error) => void;
  input?: Socket;
}

/** Time for a first run to be over. */
const helperDelayMs = 100;

/**
 * Starts processes without stopping the host for it. Starting one copies the page tables of the process that does it
 * and waits until the new one has come to life: measured in a host of 1.5 GB, 78 ms during which it serves nobody, and
 * up to 180 ms on a busy machine. So a small process does it, and hands over the pipes. Until that one is there, and where
 * pipes cannot be handed over, the host starts processes itself.
 */
export class ProcessStarter {
  #helper: ChildProcess | undefined;
  #isReady = false;
  #later: NodeJS.Timeout | undefined;
  #lastId = 0;
  readonly #pending = new Map<number, Pending>();
  readonly #running = new Map<number, LocalProcess>();
  /** Who needs the host's event loop to go on: starts that are pending, and processes that are in use. */
  readonly #holds = new Set<unknown>();

  start(command: readonly string[], options: StartOptions): SandboxProcess | Promise<SandboxProcess> {
    if (!this.#isReady || this.#helper === undefined) {
      this.#startHelperLater();
      return startProcess(command, options);
    }
    const helper = this.#helper;
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#hold(id, true);
      const { cwd, extraInput } = options;
      const extra = extraInput === undefined ? {} : { extraInput: Buffer.from(extraInput).toString("base64") };
      this.#send(helper, { id, type: "start", command, cwd, ...extra });
    });
  }

  /** Ends the helper; whatever it has started must have ended before. */
  close(): Promise<void> {
    clearTimeout(this.#later);
    const helper = this.#helper;
    if (helper === undefined || helper.exitCode !== null || helper.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      helper.ref();
      helper.once("exit", () => resolve());
      helper.kill("SIGKILL");
    });
  }

  /** Not beside the sandbox that a first run is waiting for. */
  #startHelperLater(): void {
    if (process.platform === "win32" || this.#helper !== undefined || this.#later !== undefined) return;
    this.#later = setTimeout(() => {
      this.#later = undefined;
      this.#helper = this.#startHelper();
    }, helperDelayMs);
    this.#later.unref();
  }

  #startHelper(): ChildProcess {
    const helper = fork(childFile, ["starter"], {
      env: {},
      execArgv: ["--max-old-space-size=32", "--no-warnings"],
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    helper.on("message", (report, handle) => this.#take(report as StarterReport, handle as Socket | undefined));
    helper.on("error", () => {});
    helper.once("exit", () => this.#lose(helper));
    helper.unref();
    helper.channel?.unref();
    return helper;
  }

  #take(report: StarterReport, handle: Socket | undefined): void {
    if (report.type === "ready") {
      this.#isReady = true;
      return;
    }
    const { id } = report;
    const pending = this.#pending.get(id);
    switch (report.type) {
      case "input": {
        if (pending !== undefined && handle !== undefined) pending.input = handle;
        break;
      }
      case "output": {
        this.#pending.delete(id);
        this.#hold(id, false);
        if (pending?.input === undefined || handle === undefined) {
          pending?.reject(new CodeExecutorError("unavailable", "A sandbox was started without its pipes."));
          break;
        }
        const started = new LocalProcess(report.pid, { input: pending.input, output: handle }, (alive) => {
          this.#hold(started, alive);
        });
        this.#running.set(id, started);
        pending.resolve(started);
        break;
      }
      case "failed": {
        this.#pending.delete(id);
        this.#hold(id, false);
        pending?.reject(new CodeExecutorError("unavailable", `A sandbox could not be started: ${report.reason}.`));
        break;
      }
      case "exit": {
        const started = this.#running.get(id);
        this.#running.delete(id);
        started?.end({ code: report.code, signal: report.signal, diagnostics: report.diagnostics });
        this.#hold(started, false);
        break;
      }
    }
  }

  /** Without the helper nobody says when its processes end, so they are ended. */
  #lose(helper: ChildProcess): void {
    if (this.#helper !== helper) return;
    this.#helper = undefined;
    this.#isReady = false;
    for (const { reject } of this.#pending.values()) {
      reject(new CodeExecutorError("unavailable", "The process that starts sandboxes ended; try again."));
    }
    this.#pending.clear();
    for (const started of this.#running.values()) {
      started.kill();
      started.end({ code: null, signal: "SIGKILL", diagnostics: "the process that starts sandboxes ended" });
    }
    this.#running.clear();
    this.#holds.clear();
  }

  #send(helper: ChildProcess, request: StarterRequest): void {
    // A helper that is gone is noticed by its exit.
    helper.send(request, () => {});
  }

  #hold(holder: unknown, alive: boolean): void {
    if (alive) this.#holds.add(holder);
    else this.#holds.delete(holder);
    if (this.#holds.size > 0) this.#helper?.channel?.ref();
    else this.#helper?.channel?.unref();
  }
}

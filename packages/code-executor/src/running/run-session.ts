import type { SandboxExit } from "../backends/sandbox-backend.ts";
import type { CallRouter } from "../capabilities/call-router.ts";
import type { CompleteLimits } from "../limits.ts";
import type { JsonValue } from "../protocol/json-value.ts";
import type { ChildMessage, RunMessage } from "../protocol/messages.ts";
import { JsonRefused, parseJson } from "../protocol/parse-json.ts";
import type { OutputStream } from "../run-options.ts";
import type { RunFailure, RunResult } from "../run-result.ts";
import { answerCall } from "./answer-call.ts";
import { CollectedArtifacts } from "./collected-artifacts.ts";
import { CollectedOutput, withoutControls } from "./collected-output.ts";
import type { Sandbox } from "./sandbox.ts";
import { UsageWatch } from "./usage-watch.ts";

/** What {@link runInSandbox} needs besides the sandbox. */
export interface RunSession {
  readonly message: RunMessage;
  readonly router: CallRouter;
  readonly signal: AbortSignal;
  /** Whether no other run is on. */
  readonly isAlone: () => boolean;
  readonly onOutput?: ((text: string, stream: OutputStream) => void) | undefined;
  readonly onError: (error: unknown) => void;
}

/** The sandbox had ended before it had the program, of which nothing has run. */
export interface LostSandbox {
  /** For logs. */
  readonly lost: string;
}

const longestMessage = 4_000;
/** What a client is told of a crash. */
export const crashMessage = "The sandbox ended unexpectedly.";

/** What the host is told of a crash. */
export function crashError(reason: string): Error {
  return new Error(`A sandbox crashed: ${withoutControls(reason)}`);
}

type Outcome =
  | { readonly ok: true; readonly value: JsonValue | undefined }
  | { readonly ok: false; readonly failure: RunFailure; readonly message: string; readonly line?: number };

/**
 * Gives a program to a sandbox that is ready, serves its calls, and ends the sandbox, whatever comes first: its answer, a
 * limit, the signal, or its death. Every limit is kept here, on the host's side, from what the host sees; the child keeps
 * them as well, for better messages.
 */
export function runInSandbox(sandbox: Sandbox, session: RunSession): Promise<RunResult | LostSandbox> {
  return new Promise((resolve) => {
    const run = new Run(sandbox, session, resolve);
    run.start();
  });
}

class Run {
  readonly #sandbox: Sandbox;
  readonly #session: RunSession;
  readonly #limits: CompleteLimits;
  readonly #resolve: (result: RunResult | LostSandbox) => void;
  readonly #output: CollectedOutput;
  readonly #artifacts: CollectedArtifacts;
  readonly #watch: UsageWatch;
  /** Aborted with the run, so that calls end with it. */
  readonly #calls = new AbortController();
  #callCount = 0;
  #callsInFlight = 0;
  #startedAt = 0;
  #wall: NodeJS.Timeout | undefined;
  /** Whether the sandbox has the program. */
  #started = false;
  #ended = false;

  constructor(sandbox: Sandbox, session: RunSession, resolve: (result: RunResult | LostSandbox) => void) {
    const { limits } = session.message;
    this.#sandbox = sandbox;
    this.#session = session;
    this.#limits = limits;
    this.#resolve = resolve;
    this.#output = new CollectedOutput(limits.outputBytes, limits.outputLines);
    this.#artifacts = new CollectedArtifacts(limits.artifacts, limits.artifactBytes);
    this.#watch = new UsageWatch(sandbox, {
      limits,
      isAlone: session.isAlone,
      onExceeded: (failure, message) => this.#fail(failure, message),
    });
  }

  start(): void {
    const { signal, message } = this.#session;
    this.#startedAt = performance.now();
    if (signal.aborted) return this.#cancel();
    signal.addEventListener("abort", this.#cancel, { once: true });
    this.#wall = setTimeout(() => {
      this.#fail("timeout", `The program ran longer than ${this.#limits.wallMs} ms.`);
    }, this.#limits.wallMs);
    this.#watch.start();
    this.#sandbox.listen(
      {
        onMessage: (received) => this.#take(received),
        onGarbage: (reason) => this.#crash(reason),
        onExit: (exit) => this.#explain(exit),
      },
      longestFrame(this.#limits),
    );
    this.#sandbox.send(message);
  }

  readonly #cancel = (): void => this.#fail("cancelled", "The run was cancelled.");

  #take(message: ChildMessage): void {
    if (this.#ended) return;
    switch (message.type) {
      case "started": {
        this.#started = true;
        break;
      }
      case "output": {
        this.#print(message.stream, message.text);
        break;
      }
      case "call": {
        void this.#call(message);
        break;
      }
      case "artifact": {
        const problem = this.#artifacts.add(message.name, message.base64);
        if (problem !== undefined) this.#fail("output-limit", problem);
        break;
      }
      case "done": {
        this.#watch.report(message.cpuMs);
        this.#finish(message.json);
        break;
      }
      case "failed": {
        this.#watch.report(message.cpuMs);
        const text = withoutControls(message.message).slice(0, longestMessage);
        this.#fail(message.failure, text, message.line);
        break;
      }
      case "ready":
      case "unavailable": {
        this.#crash("it answered out of turn");
        break;
      }
    }
  }

  #print(stream: OutputStream, text: string): void {
    const { kept, exceeded } = this.#output.add(stream, text);
    if (kept !== "" && this.#session.onOutput !== undefined) {
      try {
        this.#session.onOutput(kept, stream);
      } catch (error) {
        this.#session.onError(error);
      }
    }
    if (!exceeded) return;
    const { outputBytes, outputLines } = this.#limits;
    this.#fail("output-limit", `The program wrote more than ${outputBytes} bytes or ${outputLines} lines of output.`);
  }

  async #call(call: ChildMessage & { readonly type: "call" }): Promise<void> {
    this.#callCount += 1;
    if (this.#callCount > this.#limits.calls) {
      return this.#fail("output-limit", `The program made more than ${this.#limits.calls} calls.`);
    }
    if (this.#callsInFlight === this.#limits.callsInFlight) {
      return this.#crash("it made more calls at once than it may");
    }
    this.#callsInFlight += 1;
    const { router, onError } = this.#session;
    const answer = await answerCall(call, { router, limits: this.#limits, signal: this.#calls.signal, onError });
    this.#callsInFlight -= 1;
    if (!this.#ended) this.#sandbox.send(answer);
  }

  #finish(json: string | undefined): void {
    if (json === undefined) return this.#end({ ok: true, value: undefined });
    if (Buffer.byteLength(json) > this.#limits.resultBytes) {
      return this.#fail("output-limit", `The result is longer than ${this.#limits.resultBytes} bytes.`);
    }
    try {
      this.#end({ ok: true, value: parseJson(json, this.#limits.depth) });
    } catch (error) {
      if (!(error instanceof JsonRefused)) throw error;
      this.#fail("output-limit", `The result cannot be used: ${error.message}.`);
    }
  }

  /** The end of a sandbox that said nothing of its end. */
  #explain({ code, signal, outOfMemory, diagnostics = "" }: SandboxExit): void {
    const reason = `it ended with ${signal ?? `code ${code}`}: ${diagnostics}`;
    if (!this.#started) {
      this.#release();
      this.#resolve({ lost: reason });
      return;
    }
    if (outOfMemory === true || /out of memory|heap limit|Allocation failed/i.test(diagnostics)) {
      return this.#fail("out-of-memory", "The program used more memory than it may.");
    }
    if (signal === "SIGXCPU") {
      return this.#fail("timeout", `The program used more than ${this.#limits.cpuMs} ms of CPU time.`);
    }
    this.#crash(reason);
  }

  #crash(reason: string): void {
    if (this.#ended) return;
    this.#fail("crashed", crashMessage);
    this.#session.onError(crashError(reason));
  }

  #fail(failure: RunFailure, message: string, line?: number): void {
    const known = line === undefined ? undefined : lineWithin(this.#session.message.code, line);
    this.#end({ ok: false, failure, message, ...(known === undefined ? {} : { line: known }) });
  }

  #end(outcome: Outcome): void {
    if (this.#ended) return;
    const { cpuMs, peakMemoryBytes } = this.#release();
    this.#resolve({
      ...outcome,
      stdout: this.#output.stdout,
      stderr: this.#output.stderr,
      artifacts: this.#artifacts.list,
      usage: {
        cpuMs,
        wallMs: performance.now() - this.#startedAt,
        peakMemoryBytes,
        calls: this.#callCount,
        outputBytes: this.#output.bytes,
      },
    });
  }

  /** Lets go of everything that the run holds. */
  #release(): ReturnType<UsageWatch["stop"]> {
    this.#ended = true;
    clearTimeout(this.#wall);
    this.#session.signal.removeEventListener("abort", this.#cancel);
    const used = this.#watch.stop();
    this.#sandbox.kill();
    this.#calls.abort(new Error("The run has ended."));
    return used;
  }
}

/** What lacks its end is reported where the wrapper ends, beyond the program's last line. */
function lineWithin(code: string, line: number): number | undefined {
  const last = code.split(/\r\n|[\n\r\u2028\u2029]/u).length;
  return line < 1 ? undefined : Math.min(line, last);
}

/**
 * The longest frame that a child which keeps its limits can send. Limits count characters there: one is at most three
 * bytes in JSON text, and at most six where control characters are escaped.
 */
function longestFrame({ resultBytes, argumentBytes, outputBytes, artifactBytes }: CompleteLimits): number {
  return 16 * 1024 + Math.max(3 * resultBytes, 3 * argumentBytes, 6 * outputBytes, Math.ceil(artifactBytes * 1.4));
}

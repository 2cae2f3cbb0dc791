import { assertNames } from "./assert-names.ts";
import { chooseBackend } from "./backends/choose-backend.ts";
import { assertCapabilities, callRouter } from "./capabilities/call-router.ts";
import { CodeExecutorError } from "./code-executor-error.ts";
import type { CodeExecutor, CodeExecutorOptions, PoolOptions } from "./code-executor.ts";
import { completeLimits } from "./limits.ts";
import { type Language, languages, runOptionNames, type RunOptions } from "./run-options.ts";
import type { RunFailure, RunResult } from "./run-result.ts";
import { toRunMessage } from "./running/run-message.ts";
import { crashError, crashMessage, type LostSandbox, runInSandbox, type RunSession } from "./running/run-session.ts";
import type { Sandbox } from "./running/sandbox.ts";
import { Turns } from "./running/turns.ts";
import { WarmPool } from "./running/warm-pool.ts";

/**
 * Makes an executor for untrusted programs. Nothing is started before the first run, or `ready()`.
 *
 * @throws CodeExecutorError `invalid` for an option that cannot be, `unavailable` when the backend asked for is not there
 */
export function createCodeExecutor(options: CodeExecutorOptions = {}): CodeExecutor {
  const { backend: choice = "auto", capabilities } = options;
  const onError = (error: unknown): void => {
    try {
      options.onError?.(error);
    } catch {
      // It is called from where nothing could take its errors.
    }
  };
  assertNames("option of an executor", options, ["backend", "limits", "capabilities", "pool", "onError"]);
  if (options.onError !== undefined && typeof options.onError !== "function") {
    throw new CodeExecutorError("invalid", `onError is a ${typeof options.onError}; it must be a function.`);
  }
  const pool = completePool(options.pool);
  completeLimits(false, options.limits);
  if (capabilities !== undefined) assertCapabilities(capabilities);
  const backend = chooseBackend(choice);
  const limitsOf = (language: Language) => completeLimits(language === "python", options.limits);
  const sandboxes = new WarmPool({ backend, sizes: pool, limitsOf, onError });
  const turns = new Turns(pool.concurrency, pool.queue);
  const closing = new AbortController();

  async function run(code: string, given: RunOptions): Promise<RunResult> {
    const { language = "javascript", signal: own, onOutput } = given;
    assertNames("option of a run", given, runOptionNames);
    if (closing.signal.aborted) throw new CodeExecutorError("closed", "The executor was closed.");
    assertLanguage(language);
    const limits = completeLimits(language === "python", given.limits, options.limits);
    const router = callRouter(capabilities, given.capabilities, {
      answerBytes: limits.answerBytes,
      principal: given.principal,
    });
    if (typeof code !== "string") {
      throw new CodeExecutorError("invalid", `The program is a ${typeof code}, not a text.`);
    }
    const sourceBytes = Buffer.byteLength(code);
    if (sourceBytes > limits.sourceBytes) {
      return unstarted("syntax", `The program is ${sourceBytes} bytes long, ${limits.sourceBytes} at most.`);
    }
    const message = toRunMessage(code, {
      language,
      limits,
      grants: router.grants,
      input: given.input,
      files: given.files,
    });
    const signal = own === undefined ? closing.signal : AbortSignal.any([closing.signal, own]);
    const turn = await turns.take(signal);
    if (turn === undefined) return unstarted("cancelled", "The run was cancelled.");
    try {
      const session = { message, router, signal, isAlone: () => turns.taken === 1, onOutput, onError };
      const result = await runIn(sandboxes.take(language, limits), session);
      if (!("lost" in result)) return result;
      // One that had waited may have ended a moment ago, unnoticed. With a new one that is no excuse.
      const second = await runIn(sandboxes.takeNew(language, limits), session);
      if (!("lost" in second)) return second;
      onError(crashError(second.lost));
      return unstarted("crashed", crashMessage);
    } finally {
      turn.release();
    }
  }

  function assertLanguage(language: Language): void {
    if (!languages.includes(language)) {
      throw new CodeExecutorError(
        "invalid",
        `There is no language ${JSON.stringify(language)}; use ${languages.join(", ")}.`,
      );
    }
    if (backend.languages.includes(language)) return;
    throw new CodeExecutorError(
      "unavailable",
      `Programs in "${language}" do not run in isolation "${backend.isolation}"` +
        (language === "python" ? ", since Python's interpreter can reach its own process; install bubblewrap." : "."),
    );
  }

  async function close(): Promise<void> {
    closing.abort();
    await sandboxes.close();
    await backend.close?.();
  }

  return {
    isolation: backend.isolation,
    run: (code, given = {}) => run(code, given),
    ready: () =>
      sandboxes.fill(backend.languages.filter((language) => language === "javascript" || options.pool?.[language])),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function runIn(coming: Promise<Sandbox>, session: RunSession): Promise<RunResult | LostSandbox> {
  const sandbox = await untilAborted(coming, session.signal);
  return sandbox === undefined
    ? unstarted("cancelled", "The run was cancelled.")
    : await runInSandbox(sandbox, session);
}

/** A sandbox that comes too late for its run is ended. */
async function untilAborted(sandbox: Promise<Sandbox>, signal: AbortSignal): Promise<Sandbox | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const onAbort = (): void => resolve(undefined);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const first = await Promise.race([sandbox, aborted]);
    if (first === undefined) {
      void sandbox.then(
        (late) => late.kill(),
        () => {},
      );
    }
    return first;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function unstarted(failure: RunFailure, message: string): RunResult {
  const usage = { cpuMs: 0, wallMs: 0, peakMemoryBytes: 0, calls: 0, outputBytes: 0 };
  return { ok: false, failure, message, stdout: "", stderr: "", artifacts: [], usage };
}

function completePool(given: PoolOptions = {}): Required<PoolOptions> {
  assertNames("option of the pool", given, ["javascript", "typescript", "python", "concurrency", "queue"]);
  const pool = { javascript: 2, typescript: 1, python: 0, concurrency: 16, queue: 128, ...given };
  for (const [name, value] of Object.entries(pool)) {
    const least = name === "concurrency" ? 1 : 0;
    if (Number.isSafeInteger(value) && value >= least && value <= 1_000) continue;
    throw new CodeExecutorError(
      "invalid",
      `pool.${name} is ${String(value)}; it must be a whole number from ${least} to 1000.`,
    );
  }
  return pool;
}

import type { SandboxBackend } from "../backends/sandbox-backend.ts";
import { type ChildProgram, childProgram } from "../child-program.ts";
import { CodeExecutorError } from "../code-executor-error.ts";
import type { CompleteLimits } from "../limits.ts";
import type { Language } from "../run-options.ts";
import { Sandbox } from "./sandbox.ts";

/** Options for {@link WarmPool}. */
export interface WarmPoolOptions {
  readonly backend: SandboxBackend;
  /** How many sandboxes wait, by language. */
  readonly sizes: Readonly<Record<Language, number>>;
  /** What sandboxes are started for when no run is known yet. */
  readonly limitsOf: (language: Language) => CompleteLimits;
  readonly onError: (error: unknown) => void;
}

/** A run that needs long gets its replacement before it ends; a short one is not disturbed by it. */
const refillAfterMs = 40;
/** The kernel's CPU limit counts from the sandbox's start, Python's four seconds included, and is a second line only. */
const spareCpuSeconds = 10;

/** Sandboxes that were started ahead of time, each for one run. */
export class WarmPool {
  readonly #options: WarmPoolOptions;
  readonly #waiting: Record<Language, Sandbox[]> = { javascript: [], typescript: [], python: [] };
  /** Languages that have been used; the others are not kept warm. */
  readonly #used = new Set<Language>();
  readonly #alive = new Set<Sandbox>();
  /** Asked of the backend and not there yet. */
  readonly #spawning = new Set<Promise<unknown>>();
  readonly #programs = new Map<string, ChildProgram>();
  #refill: NodeJS.Timeout | undefined;
  #starting: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: WarmPoolOptions) {
    this.#options = options;
  }

  /**
   * A sandbox that is ready, waiting or new.
   * @throws CodeExecutorError `unavailable`
   */
  async take(language: Language, limits: CompleteLimits): Promise<Sandbox> {
    this.#used.add(language);
    this.#refillLater();
    const waiting = this.#takeWaiting(language, limits);
    // One that ended while it waited is no reason for the run to fail.
    if (waiting !== undefined && (await isReady(waiting))) return waiting;
    return await this.takeNew(language, limits);
  }

  /** A sandbox that has not waited, ready. @throws CodeExecutorError `unavailable` */
  async takeNew(language: Language, limits: CompleteLimits): Promise<Sandbox> {
    const sandbox = await this.#start(language, limits);
    await sandbox.ready;
    return sandbox;
  }

  /** Starts what is missing, and settles when all of it is ready. @throws CodeExecutorError `unavailable`, `closed` */
  async fill(languages: readonly Language[]): Promise<void> {
    if (this.#closed) throw new CodeExecutorError("closed", "The executor was closed.");
    for (const language of languages) this.#used.add(language);
    await this.#startMissing();
    await Promise.all(Object.values(this.#waiting).flatMap((waiting) => waiting.map(({ ready }) => ready)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#refill);
    // What comes while we close is ended as it comes.
    await Promise.allSettled(this.#spawning);
    const exits = [...this.#alive].map((sandbox) => sandbox.exited);
    for (const sandbox of this.#alive) {
      sandbox.keepAlive(true);
      sandbox.kill();
    }
    await Promise.all(exits);
  }

  #takeWaiting(language: Language, { rssBytes, cpuMs }: CompleteLimits): Sandbox | undefined {
    const ours = this.#options.limitsOf(language);
    // What the kernel or an engine enforces was set at the start.
    if (rssBytes > ours.rssBytes || cpuMs > ours.cpuMs) return undefined;
    const order: readonly Language[] =
      language === "python" ? ["python"] : language === "typescript" ? ["typescript", "javascript"] : ["javascript"];
    for (const each of order) {
      const found = this.#waiting[each].shift();
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #refillLater(): void {
    if (this.#closed || this.#refill !== undefined) return;
    this.#refill = setTimeout(() => {
      this.#refill = undefined;
      this.#startMissing().catch((error: unknown) => {
        // Closing ends what is being started, which is nobody's error.
        if (!this.#closed) this.#options.onError(error);
      });
    }, refillAfterMs);
    this.#refill.unref();
  }

  /** One after the other: two at once would both find the same sandbox missing. */
  #startMissing(): Promise<void> {
    this.#starting = this.#starting.catch(() => {}).then(() => this.#startEachMissing());
    return this.#starting;
  }

  async #startEachMissing(): Promise<void> {
    for (const language of this.#used) {
      while (!this.#closed && this.#waiting[language].length < this.#options.sizes[language]) {
        const sandbox = await this.#start(language, this.#options.limitsOf(language));
        if (this.#closed) break;
        this.#keepWaiting(language, sandbox);
      }
    }
  }

  /** Once it is ready, a sandbox that waits for a run must not keep the host's process from ending. */
  #keepWaiting(language: Language, sandbox: Sandbox): void {
    this.#waiting[language].push(sandbox);
    const rest = (): void => {
      if (this.#waiting[language].includes(sandbox)) sandbox.keepAlive(false);
    };
    sandbox.ready.then(rest, () => {});
    void sandbox.exited.then(() => {
      this.#waiting[language] = this.#waiting[language].filter((each) => each !== sandbox);
    });
  }

  async #start(language: Language, limits: CompleteLimits): Promise<Sandbox> {
    if (this.#closed) throw new CodeExecutorError("closed", "The executor was closed.");
    const starting = this.#spawn(language, limits);
    this.#spawning.add(starting);
    try {
      return await starting;
    } finally {
      this.#spawning.delete(starting);
    }
  }

  async #spawn(language: Language, limits: CompleteLimits): Promise<Sandbox> {
    const { memoryBytes, rssBytes, cpuMs } = limits;
    const key = `${language} ${memoryBytes}`;
    const program = this.#programs.get(key) ?? childProgram(language, memoryBytes);
    this.#programs.set(key, program);
    const cpuSeconds = Math.ceil(cpuMs / 1000) + spareCpuSeconds;
    const sandbox = new Sandbox(await this.#options.backend.spawn({ program, language, rssBytes, cpuSeconds }));
    this.#alive.add(sandbox);
    void sandbox.exited.then(() => this.#alive.delete(sandbox));
    if (this.#closed) sandbox.kill();
    return sandbox;
  }
}

async function isReady(sandbox: Sandbox): Promise<boolean> {
  sandbox.keepAlive(true);
  return await sandbox.ready.then(
    () => true,
    () => false,
  );
}

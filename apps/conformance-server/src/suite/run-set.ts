import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { readChecks, type Check } from "./checks.ts";
import type { ConformanceSet } from "./sets.ts";

/** What became of one scenario. */
export interface ScenarioOutcome {
  readonly scenario: string;
  /** How many checks passed and failed, as the suite counts them. */
  readonly passed: number;
  readonly failed: number;
  readonly checks: readonly Check[];
  /** What the suite printed while it ran. */
  readonly output: readonly string[];
}

/** What became of one set. */
export interface SetOutcome {
  /** Scenarios that the suite said it would run. */
  readonly announced: number;
  readonly scenarios: readonly ScenarioOutcome[];
  /** What the suite printed outside of any scenario. */
  readonly output: readonly string[];
  readonly exitCode: number | null;
}

/** Options for {@link runSet}. */
export interface RunSetOptions {
  readonly url: string;
  /** A directory of this set alone; the suite leaves one directory a scenario there, with every check. */
  readonly resultsDirectory: string;
  /** Told when a scenario starts. */
  readonly onScenario: (scenario: string) => void;
}

/** Runs the suite's command line over one set and reads what it reports. */
export async function runSet(set: ConformanceSet, options: RunSetOptions): Promise<SetOutcome> {
  const args = ["server", "--url", options.url, ...set.select, "--output-dir", options.resultsDirectory];
  const child = spawn(process.execPath, [await commandLineOf(set.suite), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const report = new SuiteReport(options.onScenario);
  const streams = [child.stdout, child.stderr].map(async (input) => {
    for await (const line of createInterface({ input })) report.add(line);
  });
  await Promise.all(streams);
  const [exitCode] = (await exited) as [number | null];
  const scenarios = report.scenarios.map(async (reported) => ({
    ...reported,
    checks: await readChecks(options.resultsDirectory, reported.scenario),
  }));
  return { announced: report.announced, scenarios: await Promise.all(scenarios), output: report.output, exitCode };
}

/** Makes sense of the lines that the suite prints. */
class SuiteReport {
  announced = 0;
  readonly scenarios: Omit<ScenarioOutcome, "checks">[] = [];
  readonly output: string[] = [];
  readonly #outputs = new Map<string, string[]>();
  readonly #onScenario: (scenario: string) => void;
  #current: string[] = this.output;

  constructor(onScenario: (scenario: string) => void) {
    this.#onScenario = onScenario;
  }

  add(line: string): void {
    const [, announced] = /^Running .* \((\d+) scenarios\)/.exec(line) ?? [];
    const [, started] = /^=== Running scenario: (\S+) ===$/.exec(line) ?? [];
    const [, scenario, passed, failed] = /^[✓✗] (\S+): (\d+) passed, (\d+) failed$/.exec(line) ?? [];
    if (announced !== undefined) this.announced = Number(announced);
    else if (started !== undefined) this.#start(started);
    else if (line === "=== SUMMARY ===") this.#current = this.output;
    else if (scenario !== undefined) {
      const output = this.#outputs.get(scenario) ?? [];
      this.scenarios.push({ scenario, passed: Number(passed), failed: Number(failed), output });
    } else if (line.trim() !== "") this.#current.push(line);
  }

  #start(scenario: string): void {
    this.#current = [];
    this.#outputs.set(scenario, this.#current);
    this.#onScenario(scenario);
  }
}

/** The file behind a package's `conformance` command; both suites share that name, so it cannot be told by the command alone. */
async function commandLineOf(suite: ConformanceSet["suite"]): Promise<string> {
  const root = fileURLToPath(new URL(`../../node_modules/${suite}/`, import.meta.url));
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { bin: { conformance: string } };
  return join(root, manifest.bin.conformance);
}

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, totalmem } from "node:os";
import type { Effort } from "../cases/case.ts";
import { allContestants } from "../contestants/all-contestants.ts";
import type { Contestant } from "../contestants/contestant.ts";
import { notMeasured } from "../contestants/peers.ts";
import { connections } from "../measure/http-load.ts";
import type { CaseResult } from "./results.ts";

/** Where and with what a run was made. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
}

/** A contestant as the results tell of it. */
export interface ContestantRecord {
  readonly name: string;
  readonly title: string;
  readonly setup: string;
  /** The installed version of each of its packages. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The committed results: `bench/results.json`. */
export interface Results {
  /** When the run ended, ISO 8601. */
  readonly date: string;
  /** Whether every case was run with full effort; false after a quick run or one with options of its own. */
  readonly full: boolean;
  readonly machine: Machine;
  readonly method: Effort & { readonly connections: number };
  readonly contestants: readonly ContestantRecord[];
  readonly notMeasured: Readonly<Record<string, string>>;
  readonly cases: readonly CaseResult[];
}

const file = new URL("../../results.json", import.meta.url);
const modules = [
  new URL("../../node_modules/", import.meta.url),
  new URL("../../peers/node_modules/", import.meta.url),
];

/** Whether there are committed results. */
export function hasResults(): boolean {
  return existsSync(file);
}

/** The committed results. @throws Error when there are none */
export function readResults(): Results {
  if (!hasResults()) throw new Error("There is no bench/results.json; a full run of pnpm bench writes it");
  return JSON.parse(readFileSync(file, "utf8")) as Results;
}

/** Writes the results, ending the file as formatters do. */
export function writeResults(results: Results): void {
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);
}

/** The results of a run. */
export function toResults(cases: readonly CaseResult[], { effort, full }: { effort: Effort; full: boolean }): Results {
  return {
    date: new Date().toISOString(),
    full,
    machine: thisMachine(),
    method: { ...effort, connections },
    contestants: allContestants.map((contestant) => toRecord(contestant)),
    notMeasured,
    cases,
  };
}

/**
 * Puts the cases of a partial run in the place of those in earlier results.
 *
 * @throws Error when those come from another machine or another Node: one page cannot tell of two
 */
export function mergeResults(earlier: Results, later: Results): Results {
  const places = [earlier, later].map(({ machine }) => JSON.stringify(machine));
  if (places[0] !== places[1]) {
    throw new Error("bench/results.json was measured on another machine or Node; run the whole benchmark here instead");
  }
  const replaced = new Map(later.cases.map((result) => [result.name, result]));
  const known = new Set(earlier.cases.map(({ name }) => name));
  return {
    ...later,
    full: earlier.full && later.full,
    cases: [
      ...earlier.cases.map((result) => replaced.get(result.name) ?? result),
      ...later.cases.filter(({ name }) => !known.has(name)),
    ],
  };
}

function thisMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGigabytes: Math.round(totalmem() / 1024 ** 3),
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
}

function toRecord({ name, title, setup, packages }: Contestant): ContestantRecord {
  const versions = packages.flatMap((dependency) => {
    const version = versionOf(dependency);
    return version === undefined ? [] : [[dependency, version]];
  });
  return { name, title, setup, versions: Object.fromEntries(versions) as Record<string, string> };
}

function versionOf(dependency: string): string | undefined {
  const manifests = modules.map((folder) => new URL(`${dependency}/package.json`, folder));
  const manifest = manifests.find((candidate) => existsSync(candidate));
  return manifest && (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

import { parseArgs } from "node:util";

/** What was asked for on the command line. */
export interface CommandLine {
  readonly mode: "run" | "guard" | "list" | "render" | "help";
  readonly quick: boolean;
  /** Names of cases; all when empty. */
  readonly cases: readonly string[];
  /** Names of contestants; all when empty. */
  readonly contestants: readonly string[];
  readonly rounds: number | undefined;
  readonly write: boolean;
  /** Whether to compile the packages before. */
  readonly build: boolean;
}

/** The names that the command line may use. */
export interface KnownNames {
  readonly cases: readonly string[];
  readonly contestants: readonly string[];
}

/** A mistake on the command line; its message says what to write instead. */
export class CommandLineError extends Error {
  override name = "CommandLineError";
}

export const help = `Measures Plinth and its peers side by side.

Usage: pnpm bench [options]

Options:
  --quick                a look in under three minutes: fewer cases, fewer and shorter rounds
  --case <name>          only this case; may be given several times
  --only <name>,<name>   only these contestants
  --rounds <number>      rounds per contestant and case
  --write                write the results also after a run that was not full; its cases replace those of before
  --guard                check the budgets of Plinth against the machine's own speed; fails when one is broken
  --render               write the page and the README's table from bench/results.json, without measuring
  --no-build             measure the packages as they were compiled last
  --list                 name the cases and the contestants
  --help                 this text

A full run (no --quick, --case, --only or --rounds) writes bench/results.json and what
shows it: docs/performance.md, its charts and the table in README.md.
`;

/** Reads the arguments. @throws CommandLineError naming what is valid, for whatever is not known */
export function readCommandLine(args: readonly string[], known: KnownNames): CommandLine {
  const values = parse(args);
  const cases = values.case ?? [];
  const contestants = (values.only ?? []).flatMap((names) => names.split(",")).filter((name) => name !== "");
  assertKnown("case", cases, known.cases);
  assertKnown("contestant", contestants, known.contestants);
  const modes = (["help", "list", "render", "guard"] as const).filter((mode) => values[mode]);
  if (modes.length > 1) throw new CommandLineError(`--${modes.join(" and --")} exclude each other`);
  const mode = modes[0] ?? "run";
  if (mode === "guard" && (cases.length > 0 || contestants.length > 0 || values.quick || values.write)) {
    throw new CommandLineError("--guard always measures what its budgets name; only --rounds goes with it");
  }
  if (values.write && contestants.length > 0) {
    throw new CommandLineError("--write keeps the figures of all contestants; leave --only out");
  }
  return {
    mode,
    quick: values.quick,
    cases,
    contestants,
    rounds: toRounds(values.rounds),
    write: values.write,
    build: !values["no-build"],
  };
}

/** Whether a run measures everything with full effort, as the committed results must. */
export function isFull({ quick, cases, contestants, rounds }: CommandLine): boolean {
  return !quick && cases.length === 0 && contestants.length === 0 && rounds === undefined;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean", default: false },
        case: { type: "string", multiple: true },
        only: { type: "string", multiple: true },
        rounds: { type: "string" },
        write: { type: "boolean", default: false },
        "no-build": { type: "boolean", default: false },
        guard: { type: "boolean", default: false },
        render: { type: "boolean", default: false },
        list: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (cause) {
    throw new CommandLineError(`${(cause as Error).message.split(". ", 1)[0]}; pnpm bench --help names the options`, {
      cause,
    });
  }
}

function assertKnown(kind: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new CommandLineError(`There is no ${kind} "${unknown}"; there is ${known.join(", ")}`);
}

function toRounds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new CommandLineError(`--rounds is "${text}"; use a whole number from 1 to 999`);
}

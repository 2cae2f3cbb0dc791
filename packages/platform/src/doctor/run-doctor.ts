import { parseArgs } from "node:util";
import { type AnyPlinthServer, KitError } from "@plinth/core";
import type { DoctorOptions } from "./doctor-options.ts";
import { doctor } from "./doctor.ts";
import { formatDoctorReport } from "./format-doctor-report.ts";
import { plainText } from "./show-text.ts";
import { toJson } from "./to-json.ts";

/** Options for {@link runDoctor}: those of the examination, and where to write. */
export interface RunDoctorOptions extends DoctorOptions {
  /** Takes the report. @default standard output */
  readonly write?: (text: string) => void;
  /** Takes mistakes in the arguments. @default standard error */
  readonly writeError?: (text: string) => void;
  /** @default whether standard output is a terminal and `NO_COLOR` is not set */
  readonly color?: boolean;
}

const help = `Examines what a server offers for known anti-patterns.

Options:
  --json               the report as JSON
  --fail-on <severity> error (the default) or warning: what makes the exit code 1
  --help               this text

Exit codes: 0 when it is ok, 1 when it is not, 2 for a mistake in the arguments or options.
`;

/**
 * The doctor as a command: examines, writes the report and tells the exit code, 0 when it is ok, 1 when it is not, 2 for a
 * mistake in `argv` or the options. It ends no process; hand the code to `process.exitCode`.
 *
 * @param argv The arguments alone: `process.argv.slice(2)`.
 */
export async function runDoctor(
  server: AnyPlinthServer,
  argv: readonly string[],
  options: RunDoctorOptions = {},
): Promise<number> {
  const {
    write = (text) => void process.stdout.write(text),
    writeError = (text) => void process.stderr.write(text),
    color = process.stdout.isTTY && !process.env["NO_COLOR"],
    ...examination
  } = options;
  try {
    const asked = readArguments(argv);
    if (asked.help) {
      write(help);
      return 0;
    }
    const report = await doctor(server, {
      ...examination,
      ...(asked.failOn !== undefined && { failOn: asked.failOn }),
    });
    write(asked.json ? `${toJson(report)}\n` : formatDoctorReport(report, { color }));
    return report.ok ? 0 : 1;
  } catch (error) {
    if (!isMistake(error)) throw error;
    writeError(`${plainText(error.message, 1_000)}\n`);
    return 2;
  }
}

interface Arguments {
  readonly help: boolean;
  readonly json: boolean;
  /** As given; the doctor refuses what it does not know. */
  readonly failOn: "error" | "warning" | undefined;
}

function readArguments(argv: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      json: { type: "boolean", default: false },
      "fail-on": { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return { help: values.help, json: values.json, failOn: values["fail-on"] as Arguments["failOn"] };
}

function isMistake(error: unknown): error is Error {
  if (KitError.isInstance(error)) return error.code === "MISUSE";
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

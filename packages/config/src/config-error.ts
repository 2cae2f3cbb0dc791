/**
 * What went wrong with one setting, key, variable or file. All of it is safe to print: secrets are already redacted.
 */
export interface ConfigProblem {
  /**
   * - `invalid`: the value is not allowed
   * - `missing`: a setting without a default has no value
   * - `unknown`: a key or variable that no setting has
   * - `conflict`: `NAME` and `NAME_FILE` are both set
   * - `unreadable`: a file is missing, cannot be read or parsed
   * - `outdated`: a committed description differs from the schema
   */
  readonly kind: "invalid" | "missing" | "unknown" | "conflict" | "unreadable" | "outdated";
  /** The setting by its path: `http.port`. */
  readonly setting?: string;
  /** The variable, key or file at fault, as it was written: `PORT`. */
  readonly name: string;
  /** Where that stands: `environment`, `overrides`, or the path of the `.env` or JSON file. */
  readonly source?: string;
  /** The offending value, quoted and shortened; `[secret]` for a secret. Unknown keys show none. */
  readonly value?: string;
  /** What is wrong and what to do. */
  readonly message: string;
  /** What would have been allowed, in words. */
  readonly allowed?: string;
  /** The name or value that was probably meant. */
  readonly suggestion?: string;
}

const brand: symbol = Symbol.for("@plinth/config/ConfigError");

/**
 * The configuration cannot be used. Lists every problem at once; `message` is the whole report, ready to print.
 * It has no `cause`: an error from a parser can quote the secret that it stumbled over.
 */
export class ConfigError extends Error {
  override readonly name: string = "ConfigError";
  /** Stable. */
  readonly code: "CONFIG_INVALID" = "CONFIG_INVALID" as const;
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(renderProblems(problems));
    this.problems = Object.freeze(problems.map((problem) => Object.freeze(problem)));
    Object.defineProperty(this, brand, { value: true });
  }

  /** Tells a `ConfigError` even when two copies of this package are loaded. */
  static isInstance(error: unknown): error is ConfigError {
    return typeof error === "object" && error !== null && brand in error;
  }
}

/** A value as the report shows it: quoted, on one line, shortened, without the credentials of a URL. */
export function printable(value: unknown): string {
  const redacted = valueText(value).replace(/\/\/.*@/, "//[redacted]@");
  return redacted.length > 120 ? `${redacted.slice(0, 117)}...` : redacted;
}

/** A name from outside as the report shows it: on one line and not endless. */
export function printableName(name: string): string {
  return /^[\w$-]{1,80}$/.test(name) ? name : JSON.stringify(name.length > 80 ? `${name.slice(0, 77)}...` : name);
}

/** An override can be what JSON cannot hold, a bigint or a cycle; then its type has to do. */
function valueText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return `a ${typeof value}`;
  }
}

function renderProblems(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`The configuration has ${count}:`, ...problems.map((problem) => `- ${renderProblem(problem)}`)].join("\n");
}

function renderProblem({ setting, name, source, value, message, allowed, suggestion }: ConfigProblem): string {
  const where = [setting === name ? undefined : setting, source].filter((part) => part !== undefined).join(", ");
  const subject = `${name}${value === undefined ? "" : `=${value}`}${where === "" ? "" : ` (${where})`}`;
  const rule = allowed === undefined || message.includes(allowed) ? "" : `; must be ${allowed}`;
  const hint = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
  return `${subject}: ${message}${rule}${hint}`;
}

import type { AllowedAdvisory } from "./allowed-advisories.ts";

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 90;
const SEVERE = new Set(["high", "critical"]);

interface Advisory {
  readonly module_name: string;
  readonly severity: string;
  readonly title: string;
  readonly url: string;
  readonly github_advisory_id?: string;
}

/** What became of a look at the known vulnerabilities. */
export interface AuditOutcome {
  /** `unknown`: the registry did not tell, so nothing is known about them. */
  readonly verdict: "clean" | "vulnerable" | "unknown";
  /** One sentence each, about what is vulnerable, let pass or wrong with the list. */
  readonly lines: readonly string[];
}

/** Options for {@link readAudit}. */
export interface ReadAuditOptions {
  readonly allowed: readonly AllowedAdvisory[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Reads what `pnpm audit --json` printed. High and critical ones count, unless the list lets them pass today.
 *
 * @param output Its standard output. Anything but a report means that there is none.
 */
export function readAudit(output: string, { allowed, now }: ReadAuditOptions): AuditOutcome {
  const wrong = allowed.flatMap((entry) => problemsOf(entry, now));
  const advisories = advisoriesOf(output);
  if (advisories === undefined) {
    return wrong.length > 0 ? { verdict: "vulnerable", lines: wrong } : { verdict: "unknown", lines: [] };
  }
  const severe = advisories.filter(({ severity }) => SEVERE.has(severity));
  const lines = severe.map((advisory) => {
    const entry = allowed.find(({ id }) => id === idOf(advisory));
    const passes = entry !== undefined && problemsOf(entry, now).length === 0;
    const text = `${advisory.module_name}: ${advisory.severity}: ${advisory.title} (${idOf(advisory)})`;
    return { passes, line: passes ? `${text}, let pass until ${entry.until}: ${entry.why}` : text };
  });
  const unused = allowed.filter(({ id }) => !advisories.some((advisory) => idOf(advisory) === id));
  const stale = unused.map(({ id }) => `allowed-advisories.ts has ${id}, which nothing has any more; take it out.`);
  const isClean = lines.every(({ passes }) => passes) && wrong.length === 0 && stale.length === 0;
  return { verdict: isClean ? "clean" : "vulnerable", lines: [...lines.map(({ line }) => line), ...wrong, ...stale] };
}

function advisoriesOf(output: string): Advisory[] | undefined {
  try {
    const report = JSON.parse(output) as { advisories?: Record<string, Advisory> } | null;
    const found = report?.advisories;
    return typeof found === "object" && found !== null ? Object.values(found) : undefined;
  } catch {
    return undefined;
  }
}

function idOf({ github_advisory_id: id, url }: Advisory): string {
  return id ?? url.split("/").at(-1) ?? url;
}

function problemsOf({ id, why, until }: AllowedAdvisory, now: number): string[] {
  const end = /^\d{4}-\d{2}-\d{2}$/.test(until) ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(end)) return [`allowed-advisories.ts: until of ${id} is "${until}", which is no day.`];
  if (end <= now) return [`allowed-advisories.ts: ${id} was let pass until ${until}; look at it anew.`];
  if (end - now > LONGEST_DAYS * DAY_MS) return [`allowed-advisories.ts: ${until} for ${id} is over 90 days ahead.`];
  return why.trim() === "" ? [`allowed-advisories.ts: ${id} has no reason.`] : [];
}

import { assertOneOf, assertWholeNumber, KitError } from "@plinth/core";
import { rules } from "./rule-table.ts";
import { showText } from "./show-text.ts";
import type { ComponentStalls } from "./watch-stalls.ts";

/** A finding that is accepted, and why. */
export interface IgnoredRule {
  /** The rule's id. */
  readonly rule: string;
  /** The component's name as in the catalog. @default every component */
  readonly component?: string;
  /** Why it is right as it is; shown in the report. */
  readonly reason: string;
}

/** How much is too much. */
export interface DoctorThresholds {
  /** Tools of one server. @default 50 */
  readonly tools: number;
  /** Estimated tokens of all tools together, as a model reads them. @default 20_000 */
  readonly listTokens: number;
  /** Parameters of one tool. @default 12 */
  readonly parameters: number;
  /** Objects and lists inside each other in a tool's input. @default 6 */
  readonly depth: number;
  /** Characters that a description has at least. @default 20 */
  readonly descriptionLeast: number;
  /** Characters that a description has at most. @default 1_024 */
  readonly descriptionMost: number;
  /** Milliseconds for which the event loop may stand still. @default 100 */
  readonly stallMs: number;
}

/** Options for {@link doctor}. */
export interface DoctorOptions {
  /** Findings that are accepted. One that nothing was found for is itself a finding. @default none */
  readonly ignore?: readonly IgnoredRule[];
  /** Each as in {@link DoctorThresholds}. */
  readonly thresholds?: Partial<DoctorThresholds>;
  /** The least severity at which the report is not `ok`. @default "error" */
  readonly failOn?: "error" | "warning";
  /** What {@link watchStalls} found while the server ran. @default none, and the rule has nothing to look at */
  readonly stalls?: readonly ComponentStalls[];
  /**
   * Milliseconds that the server's timeout middleware gives a tool without a `timeoutMs` of its own: middleware cannot be
   * seen from outside. @default none
   */
  readonly timeoutMs?: number;
}

/** The options with every default in place. */
export interface DoctorSettings extends DoctorOptions {
  readonly ignore: readonly IgnoredRule[];
  readonly thresholds: DoctorThresholds;
  readonly failOn: "error" | "warning";
  readonly stalls: readonly ComponentStalls[];
}

const defaults: DoctorThresholds = {
  tools: 50,
  listTokens: 20_000,
  parameters: 12,
  depth: 6,
  descriptionLeast: 20,
  descriptionMost: 1_024,
  stallMs: 100,
};

/** Checks the options. @throws KitError `MISUSE` quoting the value that cannot be */
export function toSettings(options: DoctorOptions): DoctorSettings {
  const { ignore = [], thresholds = {}, failOn = "error", stalls = [], timeoutMs } = options;
  assertOneOf("failOn", failOn, ["error", "warning"]);
  if (timeoutMs !== undefined) assertWholeNumber("timeoutMs", timeoutMs, { least: 1 });
  const merged: Record<string, number> = { ...defaults };
  for (const [name, value] of Object.entries(thresholds)) {
    if (!Object.hasOwn(defaults, name)) {
      throw new KitError("MISUSE", `There is no threshold ${showText(name)}; use ${Object.keys(defaults).join(", ")}`);
    }
    if (value === undefined) continue;
    assertWholeNumber(`thresholds.${name}`, value);
    merged[name] = value;
  }
  for (const ignored of ignore) assertIgnored(ignored);
  return { ...options, ignore, failOn, stalls, thresholds: merged as unknown as DoctorThresholds };
}

function assertIgnored({ rule, component, reason }: IgnoredRule): void {
  const ids = rules.map(({ id }) => id);
  if (!ids.includes(rule)) {
    throw new KitError("MISUSE", `ignore names ${showText(rule)}, which is no rule; use ${ids.join(", ")}`);
  }
  if (component !== undefined && typeof component !== "string") {
    throw new KitError("MISUSE", `ignore of ${showText(rule)} needs "component" to be a name, or leave it out`);
  }
  if (typeof reason === "string" && reason.trim() !== "") return;
  throw new KitError("MISUSE", `ignore of ${showText(rule)} needs a "reason": a sentence for whoever reads the report`);
}

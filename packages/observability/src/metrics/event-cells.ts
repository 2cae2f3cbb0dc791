import type { PlatformEvent } from "@plinth/core";
import { eventMetrics } from "./definitions.ts";
import { DurationBuckets } from "./duration-buckets.ts";
import type { MetricDefinition } from "./metric-definition.ts";
import { toFamily, type MetricFamily, type Sample } from "./metric-family.ts";
import { otherTarget, type TargetNames } from "./target-names.ts";

/** Parts, and actions of a part: constants of code, so more than this is a part that publishes somebody's text. */
const maxWords = 64;

/** The most characters of such a word. */
const maxWord = 64;

/** The most cells; each is one series of `plinth_events_total`. */
const maxCells = 10_000;

/** What is known of one part's one action on one target. */
interface Cell {
  readonly part: string;
  readonly action: string;
  readonly target: string;
  count: number;
  /** Tells which of several actions was the last. */
  last: number;
  readonly buckets: DurationBuckets | undefined;
  /** How often with which value, where that is a label. */
  readonly values: Map<number, number> | undefined;
}

type Actions = Map<string, Map<string, Cell>>;

/** Counts events. Every metric that comes out of events is added up from its cells when somebody asks. */
export class EventCells {
  readonly #names: TargetNames;
  readonly #parts = new Map<string, Actions>();
  #cells = 0;
  #order = 0;

  constructor(names: TargetNames) {
    this.#names = names;
  }

  /** Takes one event. Never throws, and does little: a cache tells one for each call. */
  readonly count = ({ part, action, target, value }: PlatformEvent): void => {
    const label = this.#names.labelOf(target);
    const cell = this.#parts.get(part)?.get(action)?.get(label) ?? this.#add(part, action, label);
    cell.count += 1;
    cell.last = this.#order += 1;
    if (value === undefined) return;
    cell.buckets?.observe(value / 1_000);
    if (cell.values !== undefined) countValue(cell.values, value);
  };

  families(): MetricFamily[] {
    const cells = [...this.#parts.values()].flatMap((actions) =>
      [...actions.values()].flatMap((targets) => [...targets.values()]),
    );
    return eventMetrics.map((definition) =>
      toFamily(
        definition,
        toSamples(
          definition,
          cells.filter((cell) => isCounted(definition, cell)),
        ),
      ),
    );
  }

  #add(part: string, action: string, target: string): Cell {
    const full = this.#cells >= maxCells;
    const actions = entryOf(this.#parts, full ? otherTarget : part, () => new Map() as Actions);
    const targets = entryOf(actions.map, full ? otherTarget : action, () => new Map<string, Cell>());
    const known = targets.map.get(full ? otherTarget : target);
    if (known !== undefined) return known;
    const cell: Cell = {
      part: actions.key,
      action: targets.key,
      target: full ? otherTarget : target,
      count: 0,
      last: 0,
      buckets: bucketsOf(actions.key, targets.key),
      values: eventMetrics.some(
        (metric) =>
          metric.events?.valueLabel !== undefined && isCounted(metric, { part: actions.key, action: targets.key }),
      )
        ? new Map()
        : undefined,
    };
    targets.map.set(cell.target, cell);
    this.#cells += 1;
    return cell;
  }
}

/** The entry of a word, made if need be; of one word too many, the entry of all that are too many. */
function entryOf<Value>(map: Map<string, Value>, word: string, make: () => Value): { key: string; map: Value } {
  const isWord = typeof word === "string" && word.length <= maxWord;
  const key = map.has(word) || (isWord && map.size < maxWords) ? word : otherTarget;
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return { key, map: value };
}

function isCounted({ events }: MetricDefinition, { part, action }: Pick<Cell, "part" | "action">): boolean {
  if (events === undefined) return false;
  if (events.parts.length > 0 && !events.parts.includes(part)) return false;
  if (events.states !== undefined) return Object.hasOwn(events.states, action);
  return events.actions === undefined || events.actions.includes(action);
}

function bucketsOf(part: string, action: string): DurationBuckets | undefined {
  const histogram = eventMetrics.find(
    (definition) => definition.type === "histogram" && isCounted(definition, { part, action }),
  );
  return histogram?.buckets && new DurationBuckets(histogram.buckets);
}

function countValue(values: Map<number, number>, value: number): void {
  if (!Number.isSafeInteger(value)) return;
  const known = values.get(value);
  if (known !== undefined || values.size < maxWords) values.set(value, (known ?? 0) + 1);
}

function toSamples(definition: MetricDefinition, cells: readonly Cell[]): Sample[] {
  const { name, type, events } = definition;
  const valueLabel = events?.valueLabel;
  if (valueLabel !== undefined) {
    return cells.flatMap(({ values }) =>
      [...(values ?? [])].map(([label, value]) => ({ labels: { [valueLabel]: String(label) }, value })),
    );
  }
  if (type === "histogram") {
    return cells.flatMap(({ target, buckets }) => buckets?.samples(name, { target }) ?? []);
  }
  return type === "gauge" ? toStates(definition, cells) : toCounts(definition, cells);
}

/**
 * Adds up the cells that share the metric's labels. What can be told before it happens begins with 0: a counter that
 * appears with its first event has no increase, and no alert on one would ever fire.
 */
function toCounts({ labels, events }: MetricDefinition, cells: readonly Cell[]): Sample[] {
  const counts = new Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>();
  const add = (cell: Pick<Cell, "part" | "action" | "target" | "count">): void => {
    const own = labelsOf(labels, cell);
    const key = JSON.stringify(own);
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { labels: own, value: cell.count });
    else known.value += cell.count;
  };
  if (!labels.includes("target")) {
    for (const part of events?.parts ?? []) {
      for (const action of events?.actions ?? []) add({ part, action, target: "", count: 0 });
    }
  }
  for (const cell of cells) add(cell);
  return [...counts.values()];
}

/** What the last action left behind. */
function toStates({ labels, events }: MetricDefinition, cells: readonly Cell[]): Sample[] {
  const states = new Map<string, Sample>();
  for (const cell of cells.toSorted((a, b) => a.last - b.last)) {
    const own = labelsOf(labels, cell);
    states.set(JSON.stringify(own), { labels: own, value: events?.states?.[cell.action] ?? Number.NaN });
  }
  return [...states.values()];
}

function labelsOf(labels: readonly string[], cell: Pick<Cell, "part" | "action" | "target">): Record<string, string> {
  return Object.fromEntries(labels.map((label) => [label, cell[label as "part" | "action" | "target"]]));
}

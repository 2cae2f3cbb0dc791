import { originOf } from "../definitions/origin.ts";
import { assertWholeNumber } from "../errors/assert-whole-number.ts";
import { KitError } from "../errors/kit-error.ts";
import type { Catalog, CatalogEntry, Component } from "./catalog.ts";
import { compileCatalog, type PlacedEntry } from "./compile-catalog.ts";
import { compileEntry } from "./compile-entry.ts";
import { normalizeUri } from "./normalize-uri.ts";

/** What a component is; a template counts as a resource. */
export type ComponentKind = "tool" | "prompt" | "resource";

/** The lists that a change is about. */
export type ChangedList = "tools" | "prompts" | "resources";

/** Options for {@link createRegistry}. */
export interface RegistryOptions {
  readonly components?: readonly Component[];
  /** Entries per list page. @default 200 */
  readonly pageSize?: number;
  /** Told which lists changed, once per burst of changes. What the registry is made with is no change. */
  readonly onChange?: (lists: ReadonlySet<ChangedList>) => void;
  /**
   * Milliseconds from the first change of a burst until `onChange` hears of all of it; the timer keeps no process
   * alive.
   * @default 10
   */
  readonly debounceMs?: number;
}

/** What a server offers, and may come to offer. Each change makes a new snapshot at once. */
export interface Registry {
  /** The snapshot as of now. */
  readonly current: Catalog;
  /**
   * Adds components at the end, all or none.
   *
   * @throws KitError `CONFLICT` naming both origins when a name, URI or template is taken; `MISUSE` for a faulty
   * definition
   */
  add(...components: readonly Component[]): void;
  /** Removes a component, disabled or not; tells whether it was there. Resources are named by URI or template. */
  remove(kind: ComponentKind, name: string): boolean;
  /** Shows a disabled component again, in its old place. @throws KitError `NOT_FOUND` */
  enable(kind: ComponentKind, name: string): void;
  /** Hides a component; its name stays taken. @throws KitError `NOT_FOUND` */
  disable(kind: ComponentKind, name: string): void;
  /** Drops a change that `onChange` has not heard of yet. */
  [Symbol.dispose](): void;
}

interface Registration extends PlacedEntry {
  enabled: boolean;
}

/** Makes a registry. Definitions compile when they are first added, however often the snapshot changes. */
export function createRegistry({
  components = [],
  pageSize = 200,
  onChange = () => undefined,
  debounceMs = 10,
}: RegistryOptions = {}): Registry {
  assertWholeNumber("pageSize", pageSize, { least: 1 });
  // In order of addition, so listings are stable and a component that is added again comes last.
  const registrations = new Map<string, Registration>();
  const notifier = createNotifier(onChange, debounceMs);
  let places = 0;
  let revision = 0;
  let snapshot: Catalog | undefined;

  const changed = (...entries: readonly CatalogEntry[]): void => {
    snapshot = undefined;
    revision += 1;
    notifier.report(entries.map(listOf));
  };

  const insert = (added: readonly Component[]): readonly CatalogEntry[] => {
    const fresh = new Map<string, CatalogEntry>();
    for (const component of added) {
      const entry = compileEntry(component);
      const key = identity(entry);
      const taken = registrations.get(key)?.entry ?? fresh.get(key);
      if (taken !== undefined) throw conflict(taken, entry);
      fresh.set(key, entry);
    }
    for (const [key, entry] of fresh) registrations.set(key, { entry, place: (places += 1), enabled: true });
    return [...fresh.values()];
  };

  const find = (kind: ComponentKind, name: string): [key: string, registration: Registration] | undefined => {
    for (const key of identitiesOf(kind, name)) {
      const registration = registrations.get(key);
      if (registration !== undefined) return [key, registration];
    }
    // A template's identity is its shape, so it is found by its text.
    return kind === "resource"
      ? [...registrations].find(([, { entry }]) => entry.kind === "resource-template" && entry.name === name)
      : undefined;
  };

  const setEnabled = (kind: ComponentKind, name: string, enabled: boolean): void => {
    const registration = find(kind, name)?.[1];
    if (registration === undefined) throw new KitError("NOT_FOUND", `There is no ${kind} ${JSON.stringify(name)}`);
    if (registration.enabled === enabled) return;
    registration.enabled = enabled;
    changed(registration.entry);
  };

  insert(components);
  return {
    get current() {
      return (snapshot ??= compileCatalog({
        revision,
        pageSize,
        entries: [...registrations.values()].filter(({ enabled }) => enabled),
      }));
    },
    add: (...added) => {
      if (added.length > 0) changed(...insert(added));
    },
    remove: (kind, name) => {
      const [key, registration] = find(kind, name) ?? [];
      if (key === undefined || registration === undefined) return false;
      registrations.delete(key);
      if (registration.enabled) changed(registration.entry);
      return true;
    },
    enable: (kind, name) => setEnabled(kind, name, true),
    disable: (kind, name) => setEnabled(kind, name, false),
    [Symbol.dispose]: () => notifier.cancel(),
  };
}

/**
 * What no two components may share. Templates that match the same URIs count as one: the second could never be read.
 */
function identity(entry: CatalogEntry): string {
  return entry.kind === "resource-template" ? `template ${entry.matcher.shape}` : `${entry.kind} ${entry.name}`;
}

function identitiesOf(kind: ComponentKind, name: string): readonly string[] {
  const uri = kind === "resource" ? normalizeUri(name)?.href : undefined;
  return uri === undefined ? [`${kind} ${name}`] : [`resource ${uri}`];
}

function listOf({ kind }: CatalogEntry): ChangedList {
  return kind === "tool" ? "tools" : kind === "prompt" ? "prompts" : "resources";
}

function conflict(first: CatalogEntry, second: CatalogEntry): KitError {
  const place = ({ definition }: CatalogEntry): string => originOf(definition) ?? "an unknown place";
  const kind = first.kind === "resource-template" ? "resource template" : first.kind;
  const same = first.name === second.name ? "" : ` (the second time as ${JSON.stringify(second.name)})`;
  const where =
    first.definition === second.definition
      ? `it was given twice (defined at ${place(first)})`
      : `it is defined at ${place(first)} and at ${place(second)}`;
  return new KitError(
    "CONFLICT",
    `Duplicate ${kind} ${JSON.stringify(first.name)}${same}: ${where}. Rename or remove one`,
  );
}

/** Gathers the changes of a burst and reports them once it is over. */
function createNotifier(
  onChange: (lists: ReadonlySet<ChangedList>) => void,
  debounceMs: number,
): { report(lists: readonly ChangedList[]): void; cancel(): void } {
  let pending = new Set<ChangedList>();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    const lists = pending;
    pending = new Set();
    timer = undefined;
    onChange(lists);
  };
  return {
    report(lists) {
      for (const list of lists) pending.add(list);
      // Not restarted by later changes, or a steady stream of them would never be reported.
      timer ??= setTimeout(flush, debounceMs).unref();
    },
    cancel() {
      clearTimeout(timer);
      timer = undefined;
      pending.clear();
    },
  };
}

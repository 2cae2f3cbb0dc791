import { lstat } from "node:fs/promises";
import { kindOf, pathIn, type Place } from "../directories/place.ts";
import { DirectoryReader, type RawEntry } from "../directories/read-entries.ts";
import { systemErrorCode } from "../errors/from-system-error.ts";
import { temporaryPrefix } from "../paths/name-problem.ts";
import { joinNames, listedName } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";
import { describe } from "./stat.ts";
import type { FileEntry, WalkPlan } from "./walk.ts";

/** Entries whose details are asked for at the same time: enough to hide the way to another thread and back. */
const atOnce = 32;

/** One entry on the way of a walk. */
export interface WalkStep<State> {
  readonly name: string;
  readonly names: readonly string[];
  /** What the caller of the walk gets, if anything. */
  readonly entry: FileEntry | undefined;
  /** What the walk remembers if it goes down here. */
  readonly descend: State | undefined;
}

interface LevelOptions<State> {
  readonly context: RootContext;
  readonly plan: WalkPlan<State>;
  readonly place: Place;
  /** From the root on. */
  readonly names: readonly string[];
  readonly state: State;
}

/** One directory of a walk, and where in it the walk is. */
export class WalkLevel<State> {
  readonly #options: LevelOptions<State>;
  readonly #reader: DirectoryReader<string>;
  #ahead: WalkStep<State>[] = [];

  private constructor(options: LevelOptions<State>, reader: DirectoryReader<string>) {
    this.#options = options;
    this.#reader = reader;
  }

  /** Takes the place over, also when it fails. */
  static async open<State>(options: LevelOptions<State>): Promise<WalkLevel<State>> {
    let reader: DirectoryReader<string> | undefined;
    try {
      reader = await DirectoryReader.open(options.place);
      await options.place.confirm();
      return new WalkLevel(options, reader);
    } catch (error) {
      await reader?.close();
      options.place.close();
      throw error;
    }
  }

  /** The next entry; undefined at the end. */
  async next(): Promise<WalkStep<State> | undefined> {
    if (this.#ahead.length === 0) await this.#lookAhead();
    return this.#ahead.shift();
  }

  /** Opens a directory of this one, if the walk goes down there; or says why not. What has gone is nothing. */
  async enter({
    name,
    names,
    descend,
  }: WalkStep<State>): Promise<WalkLevel<State> | NonNullable<FileEntry["skipped"]> | undefined> {
    if (descend === undefined) return undefined;
    const { context, plan, place } = this.#options;
    if (names.length >= context.limits.depth) return "depth";
    try {
      const found = await context.tree.backend.find(place, name);
      const isMount = found.stats.dev !== context.tree.root.stats.dev;
      if (isMount || kindOf(found.stats) !== "directory") {
        found.close();
        return isMount ? "mount" : undefined;
      }
      return await WalkLevel.open({ context, plan, place: found, names, state: descend });
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === "EACCES" || code === "EPERM") return "denied";
      if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#options.place.close();
    await this.#reader.close();
  }

  async #lookAhead(): Promise<void> {
    const raw: RawEntry<string>[] = [];
    for (let next = await this.#reader.next(); next !== undefined; next = await this.#reader.next()) {
      if (raw.push(next) === atOnce) break;
    }
    this.#ahead = await Promise.all(raw.map((entry) => this.#toStep(entry)));
  }

  async #toStep(raw: RawEntry<string>): Promise<WalkStep<State>> {
    const { context, plan, state } = this.#options;
    const names = [...this.#options.names, raw.name];
    const isHidden =
      raw.name.startsWith(temporaryPrefix) || context.tree.deny.denies([...context.tree.prefix, ...names]);
    const { include, descend } = isHidden ? { include: false } : plan.visit(state, raw.name, raw.kind);
    return { name: raw.name, names, descend, entry: include ? await this.#toEntry(raw) : undefined };
  }

  async #toEntry(raw: RawEntry<string>): Promise<FileEntry | undefined> {
    const { name, addressable } = listedName(raw.name);
    const entry = { path: joinNames([...this.#options.names, name]), name, kind: raw.kind, addressable };
    if (!this.#options.plan.details) return entry;
    try {
      const stats = await lstat(pathIn(this.#options.place, raw.name), { bigint: true });
      const { size, modified, etag } = describe(name, stats);
      return { ...entry, size, modified, ...(etag === undefined ? {} : { etag }) };
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT") throw error;
      // It has gone; or its name is not UTF-8, so that it does not lead back to it.
      return addressable ? undefined : entry;
    }
  }
}

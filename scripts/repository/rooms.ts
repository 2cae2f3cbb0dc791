import { posix } from "node:path";
import type { SourceFile, Workspace } from "./workspace.ts";

const SOURCES = "packages/core/src/";

/**
 * The rooms of `packages/core/src` from the foundation on: a file imports from its own room and from those that stand
 * before it. With each are the later ones of which it may use types.
 */
const ROOMS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ["errors", []],
  ["async", []],
  ["json", []],
  ["protocol", []],
  // A handler is given a context, which checks a client's answers against a schema.
  ["definitions", ["context"]],
  // What happened is told with the entry of the catalog that it happened to.
  ["events", ["catalog"]],
  ["context", []],
  ["catalog", []],
  ["pipeline", []],
  ["operations", []],
  ["services", []],
  // A binding is told by its host where it is used.
  ["binding", ["hosting"]],
  ["hosting", []],
]);

/** The rooms inside `hosting`, each with those beside it that it uses. What lies in `hosting` itself is for all of them. */
const HOSTS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ["connection", []],
  ["http", []],
  ["stdio", ["connection"]],
  ["workers", ["http"]],
]);

/** Where a file lies. What lies in `src` itself puts the rooms together, and may use all of them. */
type Place = readonly [room: string | undefined, host: string | undefined];

/**
 * Checks that the rooms of core keep their order, so that one can be read without those that build on it: the protocol
 * knows no host, and HTTP does not know stdio.
 *
 * @param workspace The repository.
 * @returns One sentence per violation; none when all is well.
 */
export function roomProblems({ packages }: Workspace): string[] {
  return packages
    .flatMap(({ files }) => files)
    .filter(({ path, isTest }) => path.startsWith(SOURCES) && !isTest)
    .flatMap(problemsOf);
}

function problemsOf({ path, imports }: SourceFile): string[] {
  const place = placeOf(path);
  if (!isKnown(place)) return [`${toText(place)} has no place among the rooms; add it to scripts/repository/rooms.ts.`];
  return imports
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ specifier, typeOnly }) => ({ target: placeOf(posix.join(posix.dirname(path), specifier)), typeOnly }))
    .filter(({ target, typeOnly }) => !isAllowed(place, target, typeOnly))
    .map(
      ({ target, typeOnly }) =>
        `${path} imports from ${toText(target)}, which ${toText(place)} may not use${typeOnly ? " even for types" : ""}.`,
    );
}

function isKnown([room, host]: Place): boolean {
  return room === undefined || (ROOMS.has(room) && (host === undefined || room !== "hosting" || HOSTS.has(host)));
}

function isAllowed([room, host]: Place, [target, targetHost]: Place, typeOnly: boolean): boolean {
  if (room === undefined) return true;
  if (target === undefined) return false;
  if (target === room) {
    if (host === undefined || targetHost === undefined || host === targetHost) return true;
    return HOSTS.get(host)?.includes(targetHost) === true;
  }
  const order = [...ROOMS.keys()];
  return order.indexOf(target) < order.indexOf(room) || (typeOnly && ROOMS.get(room)?.includes(target) === true);
}

function placeOf(path: string): Place {
  const [room, host] = path.slice(SOURCES.length).split("/").slice(0, -1);
  return [room, host];
}

function toText(place: Place): string {
  return posix.join(SOURCES, ...place.filter((name) => name !== undefined)).replace(/\/$/, "");
}

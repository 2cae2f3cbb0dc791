import { access, realpath } from "node:fs/promises";
import { assertOneOf, assertOptions } from "./assert-options.ts";
import { canUseDescriptors, descriptorBackend } from "./directories/descriptor-backend.ts";
import { pathBackend } from "./directories/path-backend.ts";
import type { Backend, Guarantee } from "./directories/place.ts";
import type { FileErrorCode } from "./errors/error-codes.ts";
import { FileError } from "./errors/file-error.ts";
import { fromSystemError, systemErrorCode } from "./errors/from-system-error.ts";
import { quote } from "./errors/quote.ts";
import type { FileEvent } from "./file-event.ts";
import { FileRoot } from "./file-root.ts";
import { PathLocks } from "./limits/path-locks.ts";
import { Quota } from "./limits/quota.ts";
import {
  mostSynchronizing,
  resolveLimits,
  resolveQuota,
  type RootLimits,
  type RootQuota,
} from "./limits/root-limits.ts";
import { Slots } from "./limits/slots.ts";
import { DenyList } from "./paths/deny-list.ts";
import type { RootContext, RootMode } from "./root-context.ts";
import { takeStock } from "./writing/take-stock.ts";

/** Options for {@link openRoot}. */
export interface OpenRootOptions {
  /** `read-only` refuses every change. @default "read-write" */
  readonly mode?: RootMode | undefined;
  /**
   * The least guarantee that will do. Where the system cannot give `race-free`, which needs Linux with `/proc`, opening
   * fails unless this is `best-effort`.
   * **Security:** with `best-effort`, whoever can exchange directories in the root while an operation runs can lead it out.
   * @default "race-free"
   */
  readonly accept?: Guarantee | undefined;
  /** `inside` follows symbolic links that lead to something in the root, at most eight for one path. @default "refuse" */
  readonly symlinks?: "refuse" | "inside" | undefined;
  /**
   * What to do with files of more than one name.
   * **Security:** with `allow`, a file may be one outside of the root, if somebody has made a hard link to it.
   * @default "refuse"
   */
  readonly hardLinks?: "refuse" | "allow" | undefined;
  /** What to do with paths that are not in Unicode's form NFC: refuse them, or bring them into it. @default "refuse" */
  readonly unicode?: "refuse" | "nfc" | undefined;
  /**
   * Patterns, as for `glob`, of what is closed with all that is below, such as `.git` or `**\/.env*`. Letter case makes no
   * difference. Lists leave it out. @default none
   */
  readonly deny?: readonly string[] | undefined;
  /** What one operation may use. */
  readonly limits?: Partial<RootLimits> | undefined;
  /** What the root may hold; counted when it is opened, which takes a walk through all of it. */
  readonly quota?: Partial<RootQuota> | undefined;
  /** Told of every change and every refusal, for an audit log. What it throws becomes a warning of the process. */
  readonly onEvent?: ((event: FileEvent) => void) | undefined;
}

const known = ["mode", "accept", "symlinks", "hardLinks", "unicode", "deny", "limits", "quota", "onEvent"];

/**
 * Opens a directory to work in. The path is the operator's: links in it are followed, once.
 * @param path Absolute, or relative to the working directory.
 * @throws TypeError for an option that does not exist or is not allowed
 * @throws FileError `not-found`, `not-a-directory`, `denied`, and `unsupported` when only `best-effort` can be given
 */
export async function openRoot(path: string, options: OpenRootOptions = {}): Promise<FileRoot> {
  const real = await realRoot(path);
  if (await canUseDescriptors(real)) return openRootWith(descriptorBackend, real, options);
  if (options.accept !== "best-effort") {
    throw new FileError(
      "unsupported",
      'This system cannot guard the root against exchanged directories (that needs Linux with /proc); set accept: "best-effort" to go without',
    );
  }
  return openRootWith(pathBackend, real, options);
}

/** The same with a backend of choice; `realPath` has no links. */
export async function openRootWith(
  backend: Backend,
  realPath: string,
  options: OpenRootOptions = {},
): Promise<FileRoot> {
  const settings = resolveOptions(options);
  const root = await backend.openRoot(realPath);
  try {
    const tree = {
      backend,
      root,
      prefix: [],
      deny: settings.deny,
      symlinks: settings.symlinks,
      realPath: realPath === "/" ? "" : realPath,
    };
    const context: RootContext = { ...settings, tree };
    if (context.mode === "read-write") await takeStock({ tree, quota: context.quota, depth: context.limits.depth });
    return new FileRoot(context);
  } catch (error) {
    root.close();
    throw fromSystemError(error, ".");
  }
}

type Settings = Omit<RootContext, "tree"> & { readonly deny: DenyList; readonly symlinks: "refuse" | "inside" };

function resolveOptions(options: OpenRootOptions): Settings {
  assertOptions(options, known);
  const { mode = "read-write", accept, symlinks = "refuse", hardLinks = "refuse", unicode = "refuse" } = options;
  assertOneOf("mode", mode, ["read-only", "read-write"]);
  assertOneOf("accept", accept, ["race-free", "best-effort", undefined]);
  assertOneOf("symlinks", symlinks, ["refuse", "inside"]);
  assertOneOf("hardLinks", hardLinks, ["refuse", "allow"]);
  assertOneOf("unicode", unicode, ["refuse", "nfc"]);
  const { deny = [], onEvent } = options;
  if (!Array.isArray(deny)) throw new TypeError(`deny is ${quote(deny)}; give an array of patterns`);
  if (onEvent !== undefined && typeof onEvent !== "function") {
    throw new TypeError(`onEvent is ${quote(onEvent)}; give a function`);
  }
  const limits = resolveLimits(options.limits);
  return {
    mode,
    symlinks,
    hardLinks,
    limits,
    deny: new DenyList(deny),
    paths: { unicode, depth: limits.depth },
    quota: new Quota(resolveQuota(options.quota)),
    locks: new PathLocks(),
    slots: new Slots({ running: limits.concurrency, waiting: limits.waiting }),
    synchronizing: new Slots({ running: mostSynchronizing(), waiting: Infinity }),
    onEvent,
  };
}

const unusable: ReadonlyMap<string | undefined, readonly [FileErrorCode, string]> = new Map([
  ["ENOENT", ["not-found", "does not exist; make it first"]],
  ["ENOTDIR", ["not-a-directory", "is not a directory"]],
  ["EACCES", ["denied", "may not be used by this user"]],
]);

async function realRoot(path: string): Promise<string> {
  if (typeof path !== "string" || path === "") {
    throw new TypeError(`The root is ${quote(path)}; give the path of a directory`);
  }
  try {
    const real = await realpath(path);
    // A slash at the end asks for a directory, also of a path that cannot have one.
    await access(`${real}/`);
    return real;
  } catch (error) {
    // Without the path: a server that opens its roots on demand may show this to a client.
    const [code, what] = unusable.get(systemErrorCode(error)) ?? ["failed", "could not be opened"];
    throw new FileError(code, `The directory given to openRoot ${what}`);
  }
}

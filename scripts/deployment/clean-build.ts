import { spawn } from "node:child_process";
import { cp, mkdir, readdir, stat } from "node:fs/promises";
import { basename, delimiter, join, posix } from "node:path";
import { dockerContext } from "./docker-context.ts";
import type { Stage, Step } from "./dockerfile-stages.ts";

/** The only folders of an image that commands may name; each becomes a folder of the clean directory. */
const FOLDERS = new Set(["/app", "/out", "/data"]);

/** What is not run, because it changes the machine and not the image's own files. Everything else runs. */
const SKIPPED: ReadonlyArray<readonly [RegExp, string]> = [
  [/^apt-get update && apt-get install /, "packages of the distribution: this machine's own are used"],
  [/^rm -rf \/usr\/local\/lib\/node_modules /, "takes npm out of the image: there is no image"],
];

const STEP_MS = 180_000;

/** What an image would be told to do when it starts. */
export interface BuiltStage {
  /** The folder that stands for `/` of the image. */
  readonly root: string;
  /** Where the command starts, in that folder. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
}

/** Options for {@link cleanBuild}. */
export interface CleanBuildOptions {
  /** The folder that would be sent to Docker. */
  readonly context: string;
  /** The text of `.dockerignore`. */
  readonly ignoreFile: string;
  /** An empty folder; each stage gets one in it. */
  readonly directory: string;
  /** Told about each step, also about those that are not run. */
  readonly report: (line: string) => void;
}

/**
 * Runs the steps of a Dockerfile in an empty folder, without Docker. A stage sees what its own steps made and copied, this
 * machine's programs, and nothing else of the image that it begins with.
 *
 * @param stages All stages, in their order.
 * @returns The last stage.
 * @throws Error for a step that fails, that is not known here, or that names a folder outside of those it may.
 */
export async function cleanBuild(stages: readonly Stage[], options: CleanBuildOptions): Promise<BuiltStage> {
  let built: BuiltStage | undefined;
  for (const stage of stages) {
    options.report(`${stage.name}, from ${stage.base}`);
    built = await runStage(stage, options);
  }
  if (built === undefined) throw new Error("The Dockerfile has no stage.");
  return built;
}

async function runStage(stage: Stage, options: CleanBuildOptions): Promise<BuiltStage> {
  const root = join(options.directory, stage.name);
  await mkdir(root, { recursive: true });
  let cwd = root;
  let user = "0:0";
  const env: Record<string, string> = {};
  let [entrypoint, command, healthCheck]: (readonly string[])[] = [[], [], []];
  for (const step of stage.steps) {
    const { keyword, text, words, properties } = step;
    switch (keyword) {
      case "WORKDIR":
        cwd = join(root, posix.resolve("/", words[0] ?? ""));
        await mkdir(cwd, { recursive: true });
        break;
      case "ENV":
        for (const [name, value] of properties) env[name] = inFolder(value, root);
        break;
      case "COPY":
        options.report(`  COPY ${step.flags.has("from") ? `--from=${step.flags.get("from")} ` : ""}${text}`);
        await copy(step, { cwd, root }, options);
        break;
      case "RUN":
        await runCommand(text, { cwd, root, env }, options.report);
        break;
      case "USER":
        user = text;
        break;
      case "ENTRYPOINT":
        entrypoint = words;
        break;
      case "CMD":
        command = words;
        break;
      case "HEALTHCHECK":
        healthCheck = JSON.parse(text.replace(/^CMD /, "")) as string[];
        break;
      case "EXPOSE":
      case "STOPSIGNAL":
      case "LABEL":
        break;
      default:
        throw new Error(`"${keyword}" is not known here; teach cleanBuild what it does.`);
    }
  }
  return { root, cwd, env, user, entrypoint: entrypoint ?? [], command: command ?? [], healthCheck: healthCheck ?? [] };
}

async function copy(step: Step, place: { cwd: string; root: string }, options: CleanBuildOptions): Promise<void> {
  const sources = step.words.slice(0, -1);
  const destination = step.words.at(-1) ?? ".";
  const target = destination.startsWith("/") ? join(place.root, destination) : join(place.cwd, destination);
  const stage = step.flags.get("from");
  const from = stage === undefined ? options.context : join(options.directory, stage);
  const takesPart = stage === undefined ? dockerContext(options.ignoreFile) : () => true;
  for (const source of sources) {
    const path = join(from, source);
    const intoFolder = !(await stat(path)).isDirectory();
    await copyTree(path, intoFolder ? join(target, basename(source)) : target, (relative) => {
      const inContext = posix.join(source, relative);
      return inContext === "." || takesPart(inContext);
    });
  }
}

/** Copies name by name, so that a folder that takes no part is not even looked into unless something in it may come back. */
async function copyTree(from: string, to: string, takesPart: (path: string) => boolean, path = ""): Promise<void> {
  const names = (await stat(from)).isDirectory() ? await readdir(from, { withFileTypes: true }) : undefined;
  if (names === undefined) {
    await cp(from, to);
    return;
  }
  await mkdir(to, { recursive: true });
  for (const entry of names) {
    const below = posix.join(path, entry.name);
    if (!takesPart(below)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target, takesPart, below);
    else await cp(source, target, { verbatimSymlinks: true });
  }
}

interface CommandPlace {
  readonly cwd: string;
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

async function runCommand(text: string, place: CommandPlace, report: (line: string) => void): Promise<void> {
  const skipped = SKIPPED.find(([pattern]) => pattern.test(text));
  if (skipped !== undefined) {
    report(`  not run: ${text} (${skipped[1]})`);
    return;
  }
  report(`  RUN ${text}`);
  const script = inFolder(text, place.root);
  const strange = /(?:^|[\s="'<>(:,])(\/(?!dev\/null)[^\s'";)]*)/g;
  for (const [, path = ""] of script.matchAll(strange)) {
    if (!path.startsWith(`${place.root}/`)) throw new Error(`"${path}" is no folder that a step may name here.`);
  }
  const ownGlobal = join(place.root, "usr", "local");
  const env = {
    ...inherited(),
    ...place.env,
    npm_config_prefix: ownGlobal,
    PATH: [join(ownGlobal, "bin"), process.env["PATH"]].join(delimiter),
  };
  await run(["/bin/sh", "-ec", script], place.cwd, env);
}

/** What a step may know of this machine: where programs, the packages' store and the certificates of a mirror are. */
function inherited(): Record<string, string> {
  const names =
    /^(?:PATH|HOME|TMPDIR|LANG|CI|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|(?:https?|no)_proxy|(?:npm|pnpm)_config_.*)$/i;
  const known = Object.entries(process.env).filter(([name]) => names.test(name));
  return Object.fromEntries(known.map(([name, value]) => [name, value ?? ""]));
}

function inFolder(text: string, root: string): string {
  return text.replaceAll(/(^|[\s='"])(\/[\w-]+)(?=\/|[\s'"]|$)/g, (whole, before: string, folder: string) =>
    FOLDERS.has(folder) ? `${before}${root}${folder}` : whole,
  );
}

function run([program = "", ...args]: readonly string[], cwd: string, env: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    // A group of its own: what a shell has started keeps the pipes open when the shell alone is ended.
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, STEP_MS);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output = (output + text).slice(-8_000);
      });
    }
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve();
      else reject(new Error(`"${args.at(-1)}" ended with ${code ?? signal}:\n${output}`));
    });
  });
}

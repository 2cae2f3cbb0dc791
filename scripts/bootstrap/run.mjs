import { spawn } from "node:child_process";
import { constants } from "node:os";
import { Remedy } from "./remedy.mjs";

/** @type {NodeJS.Signals[]} */
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"];
const PARENT_CHECK_MS = 250;

/**
 * Runs a program in the foreground: it owns stdin, stdout and stderr, gets our signals, and its end is our end.
 *
 * @param {string} command The program.
 * @param {string[]} args Its arguments.
 * @param {NodeJS.ProcessEnv} env Its environment.
 * @returns {Promise<number>} Its exit code; 128 plus the signal's number when a signal ended it.
 * @throws {Remedy} When there is no such program.
 */
export function run(command, args, env) {
  return supervise(command, args, spawn(command, args, { env, stdio: "inherit", shell: needsShell(command) }));
}

/**
 * Runs a program in the background and keeps what it prints, stdout and stderr together.
 *
 * @param {string} command The program.
 * @param {string[]} args Its arguments.
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options] Its environment and folder.
 * @returns {Promise<{ code: number, output: string }>} Its exit code and output.
 * @throws {Remedy} When there is no such program, or a signal asked us to stop while it ran.
 */
export async function capture(command, args, options = {}) {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"], shell: needsShell(command) });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (output += text));
  const code = await supervise(command, args, child);
  if (code > 128) throw new Remedy(`${command} was interrupted; run this again and it goes on where it stopped.`);
  return { code, output };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<number>}
 */
function supervise(command, args, child) {
  return new Promise((resolve, reject) => {
    let signalled = false;
    const listeners = FORWARDED.map((signal) => {
      const listener = () => {
        signalled = true;
        if (!(signal === "SIGINT" && reachesChildByItself())) child.kill(signal);
      };
      process.on(signal, listener);
      return /** @type {const} */ ([signal, listener]);
    });
    const parent = process.ppid;
    // npm signals only the shell that it started us with; that shell's death is how we learn of it.
    const orphaned = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(orphaned);
      if (!signalled) child.kill("SIGTERM");
    }, PARENT_CHECK_MS);
    const stopListening = () => {
      clearInterval(orphaned);
      for (const [signal, listener] of listeners) process.off(signal, listener);
    };
    child.on("error", (cause) => {
      stopListening();
      reject(
        new Remedy(`Cannot run \`${[command, ...args].join(" ")}\`: it is not installed or not executable.`, { cause }),
      );
    });
    child.on("close", (code, signal) => {
      stopListening();
      resolve(code ?? 128 + (signal === null ? 1 : constants.signals[signal]));
    });
  });
}

/** Ctrl-C in a terminal goes to the whole process group; forwarding it too would be a second one: "exit at once". */
function reachesChildByItself() {
  return process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
}

/**
 * Windows starts `npm` and `pnpm` through `.cmd` files, which only a shell can run.
 *
 * @param {string} command
 */
function needsShell(command) {
  return process.platform === "win32" && !command.endsWith(".exe");
}

/** An error for the person at the keyboard: the message is one whole sentence that says what is wrong and what to do. */
export class Remedy extends Error {
  /** @override */
  name = "Remedy";
}

/**
 * Writes one progress line. Always to stderr: stdout belongs to the server, which may speak the protocol on it.
 *
 * @param {string} message What happens now.
 */
export function progress(message) {
  process.stderr.write(`plinth: ${message}\n`);
}

/**
 * Turns any error into one sentence. A stack trace is shown only on request, with `PLINTH_DEBUG=1`.
 *
 * @param {unknown} error What was thrown.
 * @returns {string} The sentence, or the stack when it was asked for.
 */
export function toSentence(error) {
  if (!(error instanceof Error)) return String(error);
  if (process.env.PLINTH_DEBUG === "1") return error.stack ?? error.message;
  if (error instanceof Remedy) return error.message;
  return `${error.message}; set PLINTH_DEBUG=1 and run it again to see where this comes from.`;
}

const REGISTRY = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/;
const REGISTRY_PNPM = /META_FETCH_FAIL|FETCH_TARBALL|NO_OFFLINE|error sending request|dns error|connect error/i;

/** @type {Array<[RegExp, string]>} */
const KNOWN_FAILURES = [
  [
    /ERR_PNPM_OUTDATED_LOCKFILE|ERR_PNPM_FROZEN|ERR_PNPM_LOCKFILE_CONFIG_MISMATCH/,
    "pnpm-lock.yaml is out of date with the package.json files; run `npx pnpm@12 install` and commit the lockfile, or restore both with `git checkout`.",
  ],
  [/ERR_PNPM_BROKEN_LOCKFILE/, "pnpm-lock.yaml is damaged; restore it with `git checkout pnpm-lock.yaml`."],
  [/ERR_PNPM_NO_LOCKFILE/, "pnpm-lock.yaml is missing; restore it with `git checkout pnpm-lock.yaml`."],
  [/ENOSPC|No space left/, "The disk is full; free about 1 GB and run this again."],
  [/EACCES|EPERM|EROFS/, "This folder cannot be written to; make it yours (chown) or clone somewhere else."],
  [
    new RegExp(`${REGISTRY.source}|${REGISTRY_PNPM.source}`, "i"),
    "The package registry cannot be reached; connect to the network, or name a mirror as `registry` in ~/.npmrc, and run this again.",
  ],
  [
    /ETARGET|ERR_PNPM_NO_MATCHING_VERSION|E404/,
    "The package registry lacks a version that is needed; check `registry` in ~/.npmrc.",
  ],
];

/**
 * Explains a failed package manager run.
 *
 * @param {string} tool The name of the program that failed.
 * @param {string} output Everything it printed.
 * @returns {Remedy} A known failure's remedy, or the program's own first error line.
 */
export function explainFailure(tool, output) {
  for (const [pattern, sentence] of KNOWN_FAILURES) {
    if (pattern.test(output)) return new Remedy(sentence);
  }
  const line = output.split("\n").find((candidate) => /err/i.test(candidate)) ?? "it printed nothing";
  return new Remedy(`${tool} failed (${line.trim()}); run \`${tool} install\` by hand to see all of it.`);
}

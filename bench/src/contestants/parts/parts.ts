import type { Contestant, Part } from "../contestant.ts";

/** What both sides of a part have in common. */
const base = { eras: ["modern"], cannot: {} } as const;

const contestant = (part: Part, name: string, rest: Pick<Contestant, "title" | "packages" | "setup">): Contestant => ({
  ...base,
  ...rest,
  part,
  name,
  module: new URL(`${name}.ts`, import.meta.url),
});

/** The packages that stand alone, each beside what it is built on: they take part in the cases of their part only. */
export const parts: readonly Contestant[] = [
  contestant("fetching", "undici", {
    title: "undici request",
    packages: ["undici"],
    setup: "`request` of an Agent with its defaults, the body read as JSON; no policy, no limits.",
  }),
  contestant("fetching", "url-fetcher", {
    title: "@plinth/url-fetcher",
    packages: ["@plinth/url-fetcher", "undici"],
    setup: "The default policy, with http and the loopback address and port allowed by name.",
  }),
  contestant("files", "node-fs", {
    title: "node:fs",
    packages: [],
    setup: "`readFile` of node:fs/promises with an absolute path; no checks.",
  }),
  contestant("files", "file-operations", {
    title: "@plinth/file-operations",
    packages: ["@plinth/file-operations"],
    setup: "`openRoot` with its defaults; the path has two folders and a name.",
  }),
  contestant("running", "child-process", {
    title: "node:child_process",
    packages: [],
    setup:
      "A new `node` for each program, which gets its input as an argument and prints its value; nothing is kept from it.",
  }),
  contestant("running", "code-executor", {
    title: "@plinth/code-executor",
    packages: ["@plinth/code-executor", "isolated-vm"],
    setup:
      "The process tier with its defaults: an isolate in a process of its own for each run, from a pool that is full when the run begins.",
  }),
];

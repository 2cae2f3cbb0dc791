/** One figure of one contestant: a case's first metric, unless it names another. */
export interface Figure {
  readonly case: string;
  readonly contestant: string;
  readonly metric?: string;
}

/** A promise about speed. A ratio of two figures of one run holds on every machine; absolute times belong to one. */
export interface Budget {
  /** What is promised, for the guard's line. */
  readonly title: string;
  readonly of: Figure;
  /** Taken off `of` before it is divided: the price of a part is what it adds. */
  readonly minus?: Figure;
  /** What `of` is divided by. @default nothing: the figure itself is compared, whichever sign it has */
  readonly against?: Figure;
  /** The most that is promised. */
  readonly limit: number;
  /** What the guard lets a measured value be above the limit, as a factor. @default {@link usualHeadRoom} */
  readonly headRoom?: number;
  /** Only told, because it is an absolute time or too unsteady for a shared machine. */
  readonly reportOnly?: boolean;
}

/**
 * Chosen, not derived. On a two-core machine under a load of 4 to 6, six runs of nine rounds gave ratios from 1.44 to 1.71,
 * so there a budget that is just kept can fail; the guard wants a machine to itself.
 */
export const usualHeadRoom = 1.15;

const node = (name: string): Figure => ({ case: name, contestant: "node" });
const plinth = (name: string): Figure => ({ case: name, contestant: "plinth" });
const sdk = (name: string): Figure => ({ case: name, contestant: "sdk-v2" });
const exampleServer = (name: string): Figure => ({ case: name, contestant: "example-server" });

/** Every budget of Plinth. `B` is what bare `node:http` needs for the same request and the same bytes. */
export const budgets: readonly Budget[] = [
  { title: "tools/call, modern, 50 tools, in B", of: plinth("call-50"), against: node("call-50"), limit: 1.3 },
  {
    title: "tools/call through the production stack, 50 tools, in B",
    of: { case: "production", contestant: "plinth-production" },
    against: node("production"),
    limit: 1.75,
  },
  {
    title: "tools/call, legacy stateless, 50 tools, in B",
    of: plinth("legacy-call-50"),
    against: node("legacy-call-50"),
    limit: 1.4,
  },
  {
    title: "tools/list of 200 tools, against writing the same bytes",
    of: plinth("list-200"),
    against: node("list-200"),
    limit: 1.5,
  },
  { title: "tools/call, 1,000 tools, against 1 tool", of: plinth("call-1000"), against: plinth("call-1"), limit: 1.15 },
  {
    title: "price of ten middleware that do nothing, in B",
    of: plinth("middleware-10"),
    minus: plinth("middleware-0"),
    against: node("middleware-0"),
    limit: 0.1,
    // A small difference of two large figures carries the noise of both.
    headRoom: 2,
  },
  {
    title: "tools/call with three progress notifications, in B",
    of: plinth("progress"),
    against: node("progress"),
    limit: 3,
  },
  {
    title: "stdio call, pipelined, against SDK v2",
    of: plinth("stdio-pipelined"),
    against: sdk("stdio-pipelined"),
    limit: 0.6,
  },
  {
    title: "stdio call, one by one, against SDK v2",
    of: plinth("stdio-single"),
    against: sdk("stdio-single"),
    limit: 0.6,
  },
  {
    title: "cold start, core with zod, against SDK v2",
    of: plinth("cold-start"),
    against: sdk("cold-start"),
    limit: 0.8,
  },
  {
    title: "cold start with the legacy handshake, core with zod, against SDK v2",
    of: plinth("legacy-cold-start"),
    against: sdk("legacy-cold-start"),
    limit: 0.8,
  },
  {
    title: "cold start, example server, against SDK v2",
    of: exampleServer("cold-start"),
    against: sdk("cold-start"),
    limit: 1.2,
  },
  {
    title: "fetch of 1 KB through @plinth/url-fetcher, against undici",
    of: { case: "fetch-1k", contestant: "url-fetcher" },
    against: { case: "fetch-1k", contestant: "undici" },
    limit: 1.3,
  },
  {
    title: "read of 4 KB through @plinth/file-operations, against node:fs",
    of: { case: "read-4k", contestant: "file-operations" },
    against: { case: "read-4k", contestant: "node-fs" },
    limit: 3,
  },
  {
    title: "read of 10 MB through @plinth/file-operations, against node:fs",
    of: { case: "read-10m", contestant: "file-operations" },
    against: { case: "read-10m", contestant: "node-fs" },
    limit: 1.2,
  },
  {
    title: "run of a small program in a warm sandbox, µs",
    of: { case: "sandbox-run", contestant: "code-executor" },
    limit: 10_000,
    reportOnly: true,
  },
  {
    title: "in-memory test with 50 tools, ms",
    of: plinth("in-memory"),
    limit: 0.5,
    reportOnly: true,
  },
  {
    title: "growth of the heap over the second half of many calls, %",
    of: plinth("memory"),
    limit: 2,
    // The guard makes fewer calls than a full run, so one object that a collection left behind weighs more.
    headRoom: 1.5,
  },
];

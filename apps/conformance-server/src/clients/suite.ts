import type { ExpectStatic } from "vitest";
import type { ClientUnderTest, FormAnswer, Variant } from "./client-under-test.ts";

/** What a requirement is checked with, besides what its suite looks at. */
export interface Trial {
  readonly client: ClientUnderTest;
  readonly variant: Variant;
  /** The running test's own: requirements may be checked side by side. */
  readonly expect: ExpectStatic;
  /** What the user does when a server asks. */
  readonly user: { answer: FormAnswer };
}

/** Checks that a client meets a requirement, or proves that it cannot. */
export type Check<World> = (trial: Trial & World) => Promise<void>;

/** A program that `node` runs, which ends in `server.run()`. */
export interface ServerProgram {
  readonly args: readonly string[];
  /** @default nothing besides the environment of the tests */
  readonly env?: Readonly<Record<string, string>>;
}

/** What every client must be able to do with a server, on each of its transports and in each era. */
export interface Suite<World, Requirement extends string> {
  /** The server's name, for the titles of the tests. */
  readonly server: string;
  /** Each requirement is a sentence about the client. */
  readonly requirements: Readonly<Record<Requirement, Check<World>>>;
  /**
   * Requirements that are checked by themselves even where others are checked side by side, since they watch the whole server.
   * @default none
   */
  readonly alone?: readonly Requirement[];
  /** Prepares the server for one client: its program, and what the checks look at. `resources` cleans up. */
  prepare(resources: AsyncDisposableStack): Promise<{ readonly program: ServerProgram; readonly world: World }>;
}

/** Something that a client cannot do, with a proof: the day it can, the proof fails. */
export interface Limit<World, Requirement extends string> {
  readonly requirement: Requirement;
  /** @default every variant */
  readonly applies?: (variant: Variant) => boolean;
  readonly reason: string;
  readonly proof: Check<World>;
}

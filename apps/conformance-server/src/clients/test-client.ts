import { afterAll, beforeAll, describe, it } from "vitest";
import { startServerProcess } from "../server-process.ts";
import type { Connect, FormAnswer, Target, Variant } from "./client-under-test.ts";
import type { Check, Limit, ServerProgram, Suite, Trial } from "./suite.ts";

/** Options for {@link testClient}. */
export interface TestClientOptions<World, Requirement extends string> {
  readonly suite: Suite<World, Requirement>;
  readonly variants: readonly Variant[];
  readonly connect: Connect;
  /** @default none */
  readonly limits?: readonly Limit<World, Requirement>[];
  /** Checks the requirements side by side, for a client that starts a process for each. @default false */
  readonly concurrent?: boolean;
}

/** Checks one client against all requirements of a suite, in every variant, with one connection to a server in its own process. */
export function testClient<World extends object, Requirement extends string>(
  name: string,
  options: TestClientOptions<World, Requirement>,
): void {
  const { suite, variants, connect, limits = [], concurrent = false } = options;
  for (const variant of variants) {
    const { transport, era, mode } = variant;
    const title = `${name} with ${suite.server} over ${transport}, ${era} era${mode === undefined ? "" : `, ${mode}`}`;
    describe(title, { timeout: 30_000 }, () => {
      let trial: Omit<Trial, "expect"> & World;
      let resources: AsyncDisposableStack;

      beforeAll(async () => {
        resources = new AsyncDisposableStack();
        const { program, world } = await suite.prepare(resources);
        const target = await openTarget(transport, program, resources);
        const user: { answer: FormAnswer } = { answer: { action: "decline" } };
        const client = resources.use(await connect(target, variant, () => user.answer));
        trial = { ...world, client, variant, user };
      }, 30_000);
      afterAll(() => resources.disposeAsync(), 30_000);

      for (const { title, check, alone } of casesOf(suite, variant, limits)) {
        it(title, { concurrent: concurrent && !alone }, async ({ expect }) => {
          expect.hasAssertions();
          await check({ ...trial, expect });
        });
      }
    });
  }
}

interface Case<World> {
  readonly title: string;
  readonly check: Check<World>;
  readonly alone: boolean;
}

/** One case a requirement: that the client meets it, or the proof that it cannot. */
function casesOf<World, Requirement extends string>(
  suite: Suite<World, Requirement>,
  variant: Variant,
  limits: readonly Limit<World, Requirement>[],
): readonly Case<World>[] {
  return (Object.keys(suite.requirements) as Requirement[]).map((requirement) => {
    const alone = suite.alone?.includes(requirement) ?? false;
    const limit = limits.find((known) => known.requirement === requirement && (known.applies?.(variant) ?? true));
    return limit === undefined
      ? { title: requirement, check: suite.requirements[requirement], alone }
      : { title: `cannot: ${requirement}, since ${limit.reason}`, check: limit.proof, alone };
  });
}

async function openTarget(
  transport: Target["transport"],
  { args, env = {} }: ServerProgram,
  owner: AsyncDisposableStack,
): Promise<Target> {
  if (transport === "stdio") return { transport, command: process.execPath, args, env };
  const { url } = owner.use(await startServerProcess(args, env));
  return { transport, url };
}

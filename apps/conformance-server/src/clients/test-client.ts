import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, it } from "vitest";
import { startServerProcess } from "../server-process.ts";
import type { ClientUnderTest, Connect, FormAnswer, Target, Variant } from "./client-under-test.ts";
import { createJournal, type Journal } from "./journal.ts";
import { requirements, type Limit, type Requirement, type Trial } from "./requirements.ts";

/** Options for {@link testClient}. */
export interface TestClientOptions {
  readonly variants: readonly Variant[];
  readonly connect: Connect;
  /** @default none */
  readonly limits?: readonly Limit[];
  /** Checks the requirements side by side, for a client that starts a process for each. @default false */
  readonly concurrent?: boolean;
}

const server = fileURLToPath(new URL("./server.ts", import.meta.url));

/** Checks one client against all {@link requirements}, in every variant, with one connection to a server in its own process. */
export function testClient(name: string, options: TestClientOptions): void {
  const { variants, connect, limits = [], concurrent = false } = options;
  for (const variant of variants) {
    const { transport, era, mode } = variant;
    const title = `${name} over ${transport}, ${era} era${mode === undefined ? "" : `, ${mode}`}`;
    describe(title, { timeout: 30_000, concurrent }, () => {
      let trial: Omit<Trial, "expect">;
      let resources: AsyncDisposableStack;

      beforeAll(async () => {
        resources = new AsyncDisposableStack();
        const journal = resources.use(await createJournal());
        const target = await openTarget(transport, journal, resources);
        const user: { answer: FormAnswer } = { answer: { action: "decline" } };
        const client: ClientUnderTest = resources.use(await connect(target, variant, () => user.answer));
        trial = { client, variant, journal, user };
      }, 30_000);
      afterAll(() => resources.disposeAsync(), 30_000);

      for (const { title, check } of casesOf(variant, limits)) {
        it(title, async ({ expect }) => {
          expect.hasAssertions();
          await check({ ...trial, expect });
        });
      }
    });
  }
}

interface Case {
  readonly title: string;
  readonly check: (trial: Trial) => Promise<void>;
}

/** One case a requirement: that the client meets it, or the proof that it cannot. */
function casesOf(variant: Variant, limits: readonly Limit[]): readonly Case[] {
  return (Object.keys(requirements) as Requirement[]).map((requirement) => {
    const limit = limits.find((known) => known.requirement === requirement && (known.applies?.(variant) ?? true));
    return limit === undefined
      ? { title: requirement, check: requirements[requirement] }
      : { title: `cannot: ${requirement}, since ${limit.reason}`, check: limit.proof };
  });
}

async function openTarget(
  transport: Target["transport"],
  journal: Journal,
  owner: AsyncDisposableStack,
): Promise<Target> {
  const args = ["--conditions=@plinth/source", server, journal.path];
  if (transport === "stdio") return { transport, command: process.execPath, args };
  const { url } = owner.use(await startServerProcess(args));
  return { transport, url };
}

import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { incoming as anyIncoming } from "../protocol/fixtures/incoming.ts";
import type { Incoming } from "../protocol/incoming.ts";
import { CallInput } from "./call-input.ts";
import type { ClientInput } from "./client-input.ts";
import { createStateSealer } from "./request-state.ts";

/** A handler as data: what it asks, does and decides, one after the other or side by side. */
type Step =
  | { readonly step: "elicit" | "sample" | "roots"; readonly named: boolean }
  | { readonly step: "once"; readonly turns: number; readonly fails: boolean }
  | { readonly step: "unless declined"; readonly steps: readonly Step[] }
  | { readonly step: "together"; readonly branches: readonly (readonly Step[])[] };

const steps = fc.letrec<{ step: Step; steps: Step[] }>((tie) => ({
  step: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: fc.record({ step: fc.constantFrom("elicit", "sample", "roots"), named: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ step: fc.constant("once"), turns: fc.nat(3), fails: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ step: fc.constant("unless declined"), steps: tie("steps") }) },
    {
      weight: 1,
      arbitrary: fc.record({
        step: fc.constant("together"),
        branches: fc.array(tie("steps"), { minLength: 2, maxLength: 3 }),
      }),
    },
  ) as fc.Arbitrary<Step>,
  steps: fc.array(tie("step"), { maxLength: 4 }),
})).steps;

/** How often each `once` did its work, and how often that work got to its end. */
interface Tally {
  readonly started: Map<string, number>;
  readonly finished: Map<string, number>;
}

it("gives the same result round by round as with all answers at once, and finishes each once() exactly once", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.infiniteStream(fc.boolean()), async (program, isAnswered) => {
      const atOnce: Tally = { started: new Map(), finished: new Map() };
      const inRounds: Tally = { started: new Map(), finished: new Map() };

      const expected = await answeredAtOnce(program, atOnce);
      const result = await roundByRound(program, inRounds, isAnswered);

      expect(result).toEqual(expected);
      expect(inRounds.finished).toEqual(atOnce.finished);
      expect([...inRounds.finished.values()].every((times) => times === 1)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

async function answeredAtOnce(program: readonly Step[], tally: Tally): Promise<unknown> {
  const call = incoming({ era: "legacy", requestClient: async (method, params) => answerTo(method, params) });
  const input = new CallInput(call, { sealer: createStateSealer(), timeoutMs: 1000 });
  return handle(program, input, tally);
}

/** A client that answers some of what it is asked, and sends nonsense or nothing for the rest. */
async function roundByRound(program: readonly Step[], tally: Tally, isAnswered: Iterator<boolean>): Promise<unknown> {
  const sealer = createStateSealer();
  let retry: Partial<Incoming> = {};
  for (let round = 0; round < 200; round++) {
    const input = new CallInput(incoming(retry), { sealer, timeoutMs: 1000 });
    input.begin();
    const settled = await handle(program, input, tally).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const required = await input.pending();
    if (required === undefined) {
      if ("error" in settled) throw settled.error;
      return settled.value;
    }
    const { inputRequests, requestState } = JSON.parse(JSON.stringify(required)) as typeof required;
    const answers = Object.entries(inputRequests).map(([key, { method, params }], index) => {
      const answer = index === round % Object.keys(inputRequests).length || isAnswered.next().value;
      return [key, answer ? answerTo(method, params) : { action: "nonsense" }];
    });
    retry = { requestState, inputResponses: Object.fromEntries(answers) as Record<string, unknown> };
  }
  throw new Error("The call never came to an end");
}

async function handle(program: readonly Step[], input: ClientInput, tally: Tally): Promise<unknown> {
  return walk(program, { path: "", isSequential: true });

  async function walk(
    list: readonly Step[],
    { path, isSequential }: { readonly path: string; readonly isSequential: boolean },
  ): Promise<unknown[]> {
    const trace: unknown[] = [];
    for (const [index, step] of list.entries()) {
      const here = `${path}/${index}`;
      // Where branches race, positions vary from run to run: there every question has a key, as the documentation asks.
      const key = "named" in step && (step.named || !isSequential) ? { key: here } : {};
      switch (step.step) {
        case "elicit":
          trace.push(await input.elicit({ message: here, schema: z.object({ value: z.string() }), ...key }));
          break;
        case "sample":
          trace.push(
            await input.sample({
              messages: [{ role: "user", content: { type: "text", text: here } }],
              maxTokens: 10,
              ...key,
            }),
          );
          break;
        case "roots":
          trace.push(await input.roots(key));
          break;
        case "once":
          trace.push(await attempt(here, step));
          break;
        case "unless declined":
          if (!JSON.stringify(trace.at(-1) ?? "").includes("decline")) {
            trace.push(await walk(step.steps, { path: here, isSequential }));
          }
          break;
        case "together":
          trace.push(
            await Promise.all(
              step.branches.map((branch, at) => walk(branch, { path: `${here}.${at}`, isSequential: false })),
            ),
          );
          break;
      }
    }
    return trace;
  }

  /** Work that may fail the first time it is tried. */
  async function attempt(name: string, { turns, fails }: Extract<Step, { step: "once" }>): Promise<unknown> {
    const work = async (): Promise<unknown> => {
      const times = (tally.started.get(name) ?? 0) + 1;
      tally.started.set(name, times);
      for (let turn = 0; turn < turns; turn++) await nextTurn();
      if (fails && times === 1) throw new Error("busy");
      tally.finished.set(name, (tally.finished.get(name) ?? 0) + 1);
      return { name, times };
    };
    try {
      return await input.once(name, work);
    } catch (error) {
      if (!(error instanceof Error && error.message === "busy")) throw error;
      return input.once(name, work);
    }
  }
}

/** What this client says depends on the question alone. */
function answerTo(method: string, params: Readonly<Record<string, unknown>>): unknown {
  const digest = createHash("sha256").update(JSON.stringify(params)).digest("hex");
  if (method === "roots/list") return { roots: [{ uri: "file:///home", name: "home" }] };
  if (method === "sampling/createMessage") {
    return { role: "assistant", model: "m", content: { type: "text", text: digest } };
  }
  const isDeclined = Number.parseInt(digest.slice(0, 2), 16) % 3 === 0;
  return isDeclined ? { action: "decline" } : { action: "accept", content: { value: digest } };
}

function incoming(changes: Partial<Incoming>): Incoming {
  return anyIncoming({
    params: { name: "anything", arguments: {} },
    client: { info: undefined, capabilities: { elicitation: {}, sampling: {}, roots: {} } },
    ...changes,
  });
}

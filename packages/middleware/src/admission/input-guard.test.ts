import { createServer, defineTool, type PlatformEvent } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { inputGuard, type InputGuardOptions } from "./input-guard.ts";

async function guarded(options?: InputGuardOptions) {
  const events: PlatformEvent[] = [];
  const take = defineTool({ name: "take", input: z.object({ value: z.unknown() }), handler: () => "taken" });
  const server = createServer({ name: "t", version: "1", components: [take] }).use(inputGuard(options));
  server.events.subscribe((event) => void events.push(event));
  const client = await createTestClient(server);
  return {
    events,
    take: async (value: unknown) => (await client.callTool("take", { value })).text,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close();
    },
  };
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

describe("inputGuard", () => {
  it.each<[string, InputGuardOptions, unknown, unknown, string]>([
    ["levels", { maxDepth: 3 }, [[1]], [[[1]]], "nest deeper than 3 levels"],
    ["values", { maxElements: 8 }, [1, 2, 3, 4], [1, 2, 3, 4, 5, 6], "hold more than 8 values"],
    ["members", { maxKeys: 3 }, { a: 1, b: 2, c: 3 }, { a: 1, b: 2, c: 3, d: 4 }, "an object of more than 3 members"],
    ["characters in a text", { maxTextLength: 9 }, "123456789", "1234567890", "a text of more than 9 characters"],
    ["characters in a name", { maxTextLength: 9 }, { a12345678: 1 }, { a123456789: 1 }, "a member name"],
    ["bytes", { maxBytes: 40 }, "ääääää", "ääääääääääää", "larger than 40 bytes"],
  ])("lets through as many %s as allowed, and refuses more", async (_what, options, good, bad, message) => {
    await using server = await guarded(options);

    const [passed, refused] = [await server.take(good), await server.take(bad)];

    expect(passed).toBe("taken");
    expect(refused).toContain(message);
    expect(refused).toContain("send less at a time");
    expect(server.events).toMatchObject([{ part: "input-guard", action: "refused", method: "tools/call" }]);
  });

  it("looks at a million levels without running out of stack, and at members called __proto__", async () => {
    let innermost: unknown = 1;
    for (let level = 0; level < 1_000_000; level += 1) innermost = [innermost];
    const odd = JSON.parse('{"__proto__":[[[[1]]]]}') as unknown;
    const guard = inputGuard({ maxDepth: 4 });
    const run = (params: unknown) =>
      guard({ params: { arguments: params }, emit() {} } as never, () => Promise.resolve({ passed: true }));

    const results = await Promise.allSettled([run({ innermost }), run(odd), run({})]);

    expect(results).toMatchObject([
      { status: "rejected", reason: { code: "TOO_LARGE" } },
      { status: "rejected", reason: { code: "TOO_LARGE" } },
      { status: "fulfilled", value: { passed: true } },
    ]);
  });

  it("lets through what keeps all limits, and no value that breaks one", async () => {
    await using server = await guarded({ maxDepth: 6, maxElements: 10_000 });
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 6, max: 50 }), async (value, levels) => {
        const [passed, refused] = [await server.take(value), await server.take(nested(levels))];

        expect(passed).toBe("taken");
        expect(refused).toContain("nest deeper");
      }),
      { numRuns: 30 },
    );
  });

  it("refuses limits that cannot be", () => {
    expect(() => inputGuard({ maxDepth: 0 })).toThrow("maxDepth is 0");
    expect(() => inputGuard({ maxBytes: Number.NaN })).toThrow("maxBytes is NaN");
    expect(() => inputGuard({ maxElements: Infinity })).toThrow("maxElements is Infinity");
  });
});

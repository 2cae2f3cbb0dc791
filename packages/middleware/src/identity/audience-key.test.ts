import { isDeepStrictEqual } from "node:util";
import type { Call, Principal } from "@plinth/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createAudienceKey } from "./audience-key.ts";

const text = fc.oneof(fc.constantFrom("", "a", '"', ",", "]", "null", "__proto__", "constructor"), fc.string());
const principal: fc.Arbitrary<Principal> = fc.record(
  {
    id: text,
    scopes: fc.uniqueArray(text, { maxLength: 3 }),
    tenant: text,
    claims: fc.dictionary(text, fc.constantFrom(1, "1", null, [], {}, [1], { a: 1 }), { maxKeys: 3 }),
  },
  { requiredKeys: ["id", "scopes"] },
);
const caller = fc.record({
  principal: fc.option(principal, { nil: undefined }),
  tenant: fc.option(text, { nil: undefined }),
});

const key = (context: object): string => createAudienceKey()({ context } as Call);

/** What a caller is, with nothing that does not tell him from others. */
function identity({
  principal: who,
  tenant,
}: {
  principal: Principal | undefined;
  tenant: string | undefined;
}): unknown {
  return {
    tenant,
    who: who && { ...who, scopes: new Set(who.scopes), claims: new Map(Object.entries(who.claims ?? {})) },
  };
}

it("gives two callers one key only when nothing tells them apart", () => {
  fc.assert(
    fc.property(caller, caller, (first, second) => {
      const areOne = isDeepStrictEqual(identity(first), identity(second));

      expect(areOne || key(first) !== key(second)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

it("gives a caller the same key whatever the order of his scopes and claims", () => {
  fc.assert(
    fc.property(principal, (who) => {
      const turned: Principal = {
        ...who,
        scopes: who.scopes.toReversed(),
        ...(who.claims && { claims: Object.fromEntries(Object.entries(who.claims).toReversed()) }),
      };

      expect(key({ principal: turned, tenant: "t" })).toBe(key({ principal: who, tenant: "t" }));
    }),
  );
});

it("does not take one principal for the same audience in another tenant", () => {
  const audienceKey = createAudienceKey();
  const who: Principal = { id: "a", scopes: [] };

  const keys = ["x", "y", undefined, "x"].map((tenant) =>
    audienceKey({ context: { principal: who, tenant } } as unknown as Call),
  );

  expect(new Set(keys).size).toBe(3);
  expect(keys[0]).toBe(keys[3]);
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Registry, type Registered } from "./registry.ts";

describe("Registry", () => {
  it("holds what was added and not removed, in whatever order that happens", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9)), (numbers) => {
        const registry = new Registry<Registered>();
        const expected = new Map<number, Registered>();

        for (const number of numbers) {
          const known = expected.get(number);
          const member = known ?? { place: -1 };
          if (known === undefined) {
            registry.add(member);
            expected.set(number, member);
          } else {
            registry.remove(member);
            expected.delete(number);
          }
        }

        expect(new Set(registry.list())).toEqual(new Set(expected.values()));
        expect(registry.list()).toHaveLength(expected.size);
      }),
    );
  });
});

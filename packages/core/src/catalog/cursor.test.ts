import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KitError } from "../errors/kit-error.ts";
import { fromCursor, toCursor, type CursorKind } from "./cursor.ts";

const kinds: readonly CursorKind[] = ["tools", "prompts", "resources", "resourceTemplates", "listedResources"];

describe("a cursor", () => {
  it("comes back as it went out", () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.string({ unit: "grapheme" }), fc.integer(), (kind, after, at) => {
        const cursor = toCursor({ kind, after, at });

        expect(cursor).toMatch(/^[\w-]+$/);
        expect(fromCursor(cursor, [kind])).toEqual({ kind, after, at });
      }),
    );
  });

  it("of another list is refused", () => {
    const cursor = toCursor({ kind: "tools", after: "a", at: 1 });

    expect(() => fromCursor(cursor, ["prompts"])).toThrow(expect.objectContaining({ code: "INVALID_PARAMS" }));
  });

  it("made of anything else is refused with INVALID_PARAMS and nothing worse", () => {
    const encoded = fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString("base64url"));

    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), encoded), (cursor) => {
        let thrown: unknown;
        try {
          fromCursor(cursor, kinds);
        } catch (error) {
          thrown = error;
        }

        expect(KitError.isInstance(thrown) && thrown.code).toBe("INVALID_PARAMS");
      }),
      { numRuns: 1_000 },
    );
  });
});

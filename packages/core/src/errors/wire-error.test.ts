import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorCodes, type ErrorCode } from "./error-codes.ts";
import { fail, KitError } from "./kit-error.ts";
import { toKitError, toWireError } from "./wire-error.ts";

const secret = "postgres://user:pw@host";

describe("toWireError", () => {
  it("shows nothing of a masked error but the request id", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(new Error(secret), secret, { url: secret }, new KitError("INTERNAL", secret)),
        (thrown) => {
          const wire = toWireError(toKitError(thrown), "r-1");

          expect(JSON.stringify(wire)).not.toContain("pw@host");
          expect(wire.message).toContain("r-1");
          expect(wire.code).toBe(-32603);
        },
      ),
    );
  });

  it("keeps the cause of an exposed error to itself", () => {
    const error = fail("No such film", { cause: new Error(secret), data: { film: "x" } });

    const wire = toWireError(error, "r-1");

    expect(wire).toMatchObject({ message: "No such film", data: { film: "x", requestId: "r-1" } });
    expect(JSON.stringify(wire)).not.toContain("pw@host");
  });

  it("tells when to come back", () => {
    const wire = toWireError(new KitError("RATE_LIMITED", "Too many calls", { retryAfterSeconds: 7 }), "r-1");

    expect(wire).toMatchObject({ httpStatus: 429, retryAfterSeconds: 7, data: { retryAfterSeconds: 7 } });
  });

  it("keeps our numbers out of the reserved ranges", () => {
    const specified = new Set([-32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022]);
    const ours = (Object.keys(errorCodes) as ErrorCode[]).filter((code) => !specified.has(errorCodes[code].rpc));

    expect(ours.length).toBeGreaterThan(5);
    expect(ours.filter((code) => errorCodes[code].rpc <= -32000)).toStrictEqual([]);
  });
});

describe("KitError.isInstance", () => {
  it("knows errors of another copy by their brand, and nothing else", () => {
    const other = Object.assign(new Error("x"), { code: "FAILED", [Symbol.for("@plinth/core/KitError")]: true });

    expect(KitError.isInstance(other)).toBe(true);
    expect(KitError.isInstance(new Error("x"))).toBe(false);
    expect(KitError.isInstance(undefined)).toBe(false);
  });
});

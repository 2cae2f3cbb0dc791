import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorCodes, type ErrorCode } from "./error-codes.ts";
import { fail, KitError } from "./kit-error.ts";
import { toKitError } from "./to-kit-error.ts";
import { toWireError } from "./wire-error.ts";

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

  it("leaves out data that JSON cannot carry, and lets none stand in for the request id", () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const wires = [circle, { id: 1n }, { requestId: "forged", film: "x" }].map((data) =>
      toWireError(fail("No such film", { data }), "r-1"),
    );

    expect(wires.map(({ data }) => data)).toStrictEqual([
      { requestId: "r-1" },
      { requestId: "r-1" },
      { requestId: "r-1", film: "x" },
    ]);
  });

  it.each([Number.NaN, Infinity])("says nothing of %d seconds", (retryAfterSeconds) => {
    const wire = toWireError(new KitError("RATE_LIMITED", "Too many calls", { retryAfterSeconds }), "r-1");

    expect(JSON.parse(JSON.stringify(wire))).toStrictEqual({
      code: -31429,
      message: "Too many calls",
      data: { requestId: "r-1" },
      httpStatus: 429,
    });
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

describe("toKitError", () => {
  const refuse = (): never => {
    throw new Error(secret);
  };

  it.each<[string, unknown]>([
    ["null", null],
    ["undefined", undefined],
    ["a symbol", Symbol(secret)],
    ["an object without a prototype", Object.assign(Object.create(null) as object, { message: secret })],
    ["a frozen error", Object.freeze(new Error(secret))],
    ["an error whose message throws", Object.defineProperty(new Error("x"), "message", { get: refuse })],
    ["a proxy that throws", new Proxy({}, { get: refuse, getPrototypeOf: refuse })],
    ["an error of a newer copy with an unknown code", Object.assign(new KitError("FAILED", secret), { code: "NEWER" })],
  ])("masks %s and never throws", (_what, thrown) => {
    const error = toKitError(thrown);

    expect(error.code).toBe("INTERNAL");
    expect(error.cause).toBe(thrown);
    expect(JSON.stringify(toWireError(error, "r-1"))).not.toContain("pw@host");
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

import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KitError } from "../errors/kit-error.ts";
import { createStateSealer, type StateBinding, type StateSealer } from "./request-state.ts";

const binding: StateBinding = {
  principal: "alice",
  tenant: "acme",
  method: "tools/call",
  target: "delete_dataset",
  arguments: { dataset: "films", options: { force: true, limit: 10 } },
};

const bindings: fc.Arbitrary<StateBinding> = fc.record({
  principal: fc.option(fc.string({ unit: "binary" }), { nil: undefined }),
  tenant: fc.option(fc.string({ unit: "binary" }), { nil: undefined }),
  method: fc.string(),
  target: fc.string(),
  arguments: fc.jsonValue(),
});

/** Refusals look alike to the client, whatever the reason; the log learns it. */
const refused = "INVALID_REQUEST_STATE; Invalid or expired requestState; null; for the log";

describe("createStateSealer", () => {
  it("opens what it sealed, for the same call", () => {
    const sealer = createStateSealer();

    fc.assert(
      fc.property(fc.jsonValue(), bindings, (payload, bound) => {
        const opened = sealer.unseal(sealer.seal(payload, bound), structuredClone(bound));

        expect(opened).toEqual(JSON.parse(JSON.stringify(payload)));
      }),
    );
  });

  it("never seals one payload into the same text twice, nor shows it", () => {
    const sealer = createStateSealer();

    const tokens = [1, 2, 3].map(() => sealer.seal({ secret: "s3cr3t-s3cr3t" }, binding));

    expect(new Set(tokens).size).toBe(3);
    for (const token of tokens) {
      expect(token).toMatch(/^[\w-]+$/);
      expect(Buffer.from(token, "base64url").includes("s3cr3t")).toBe(false);
    }
  });

  it("opens for arguments whose members come in another order", () => {
    const sealer = createStateSealer();
    const token = sealer.seal("payload", binding);

    const reordered = { options: { limit: 10, force: true }, dataset: "films" };

    expect(sealer.unseal(token, { ...binding, arguments: reordered })).toBe("payload");
  });

  it.each<[string, Partial<StateBinding>]>([
    ["another principal", { principal: "bob" }],
    ["nobody", { principal: undefined }],
    ["another tenant", { tenant: "other" }],
    ["no tenant", { tenant: undefined }],
    ["another method", { method: "prompts/get" }],
    ["another tool", { target: "drop_everything" }],
    ["other arguments", { arguments: { dataset: "stocks", options: { force: true, limit: 10 } } }],
    ["a number sent as text", { arguments: { dataset: "films", options: { force: true, limit: "10" } } }],
    ["an argument more", { arguments: { ...(binding.arguments as object), extra: null } }],
    ["parts that only look alike when joined", { principal: "alice,acme", tenant: undefined }],
  ])("refuses the state of another call: %s", (_name, change) => {
    const sealer = createStateSealer();
    const token = sealer.seal("payload", binding);

    expect(outcome(sealer, token, { ...binding, ...change })).toBe(refused);
  });

  it("refuses any other binding", () => {
    const sealer = createStateSealer();

    fc.assert(
      fc.property(bindings, bindings, (one, other) => {
        fc.pre(JSON.stringify(toComparable(one)) !== JSON.stringify(toComparable(other)));

        expect(outcome(sealer, sealer.seal(1, one), other)).toBe(refused);
      }),
    );
  });

  it("refuses every text that differs in one bit, everywhere", () => {
    const sealer = createStateSealer();
    const token = sealer.seal({ amount: 12 }, binding);

    const bytes = Buffer.from(token, "latin1");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(outcome(sealer, flipped.toString("latin1"), binding)).toBe(refused);
    }
  });

  it("refuses every bit flipped in what the text decodes to", () => {
    const sealer = createStateSealer();
    const bytes = Buffer.from(sealer.seal({ amount: 12 }, binding), "base64url");

    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(outcome(sealer, flipped.toString("base64url"), binding)).toBe(refused);
    }
  });

  it("refuses every truncation and extension", () => {
    const sealer = createStateSealer();
    const token = sealer.seal({ amount: 12 }, binding);

    for (let length = 0; length < token.length; length++) {
      expect(outcome(sealer, token.slice(0, length), binding)).toBe(refused);
      expect(outcome(sealer, token.slice(length + 1), binding)).toBe(refused);
    }
    for (const extra of ["-TAMPERED", "=", "==", " ", "\n", "A", "AAAA", "."]) {
      expect(outcome(sealer, token + extra, binding)).toBe(refused);
    }
  });

  it("refuses every splice of two states of the same call", () => {
    const sealer = createStateSealer();
    const one = sealer.seal({ amount: 12 }, binding);
    const other = sealer.seal({ amount: 99 }, binding);

    const splices = Array.from(one, (_, cut) => one.slice(0, cut) + other.slice(cut));
    for (const spliced of splices.filter((text) => text !== one && text !== other)) {
      expect(outcome(sealer, spliced, binding)).toBe(refused);
    }
  });

  it("refuses any text that it did not make, and never fails otherwise", () => {
    const sealer = createStateSealer();
    const garbage = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.base64String({ maxLength: 200 }),
      fc.uint8Array({ minLength: 30, maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
      fc.uint8Array({ minLength: 36, maxLength: 200 }).map((bytes) => {
        return Buffer.concat([Buffer.of(1), bytes]).toString("base64url");
      }),
    );

    fc.assert(
      fc.property(garbage, bindings, (token, bound) => {
        expect(outcome(sealer, token, bound)).toBe(refused);
      }),
      { numRuns: 500 },
    );
  });

  it("refuses arguments that nest too deeply to be read, like any other", () => {
    const sealer = createStateSealer();
    const token = sealer.seal(1, binding);
    const deep: unknown = JSON.parse("[".repeat(20_000) + "]".repeat(20_000));

    expect(outcome(sealer, token, { ...binding, arguments: deep })).toBe(refused);
  });

  it("opens until the last millisecond of its time, and not after", () => {
    let time = 1_000_000;
    const sealer = createStateSealer({ ttlSeconds: 60, now: () => time });
    const token = sealer.seal("payload", binding);

    time += 59_999;
    expect(sealer.unseal(token, binding)).toBe("payload");

    time += 1;
    expect(outcome(sealer, token, binding)).toBe(refused);
  });

  it("opens states of older keys in the ring, and refuses them once the key is gone", () => {
    const [oldKey, newKey] = ["old-old-old-old-old-old-old-old-old", "new-new-new-new-new-new-new-new-new"];
    const before = createStateSealer({ keys: [oldKey] });
    const during = createStateSealer({ keys: [newKey, oldKey] });
    const after = createStateSealer({ keys: [newKey] });
    const token = before.seal("payload", binding);

    expect(during.unseal(token, binding)).toBe("payload");
    expect(outcome(after, token, binding)).toBe(refused);
    expect(after.unseal(during.seal("fresh", binding), binding)).toBe("fresh");
    expect(outcome(before, during.seal("fresh", binding), binding)).toBe(refused);
  });

  it("shares states between replicas that share a key, as text or as its bytes", () => {
    const key = "0123456789abcdef0123456789abcdef";
    const [one, other] = [createStateSealer({ keys: [key] }), createStateSealer({ keys: [Buffer.from(key, "utf8")] })];

    expect(other.unseal(one.seal("payload", binding), binding)).toBe("payload");
  });

  it("makes a key of its own for each process when none is given", () => {
    const token = createStateSealer().seal("payload", binding);

    expect(outcome(createStateSealer(), token, binding)).toBe(refused);
  });

  it("says what is too much to remember", () => {
    const sealer = createStateSealer({ maxLength: 1000 });

    expect(sealer.unseal(sealer.seal("x".repeat(600), binding), binding)).toHaveLength(600);
    expect(() => sealer.seal("x".repeat(1000), binding)).toThrowError(
      expect.objectContaining({
        code: "TOO_LARGE",
        message: expect.stringContaining("more than the 1000 allowed") as string,
      }),
    );
    expect(outcome(sealer, "A".repeat(1001), binding)).toBe(refused);
  });

  it("refuses keys and numbers that cannot work, without repeating a key", () => {
    const short = "hunter2-hunter2";

    expect(() => createStateSealer({ keys: ["0123456789abcdef0123456789abcdef", short] })).toThrowError(
      /^keys\[1\] has 15 bytes; a key needs at least 32/,
    );
    expect(() => createStateSealer({ keys: [short] })).not.toThrowError(/hunter/);
    expect(() => createStateSealer({ keys: [] })).toThrowError(/keys is empty/);
    expect(() => createStateSealer({ ttlSeconds: 0 })).toThrowError(/ttlSeconds is 0/);
    expect(() => createStateSealer({ ttlSeconds: Number.POSITIVE_INFINITY })).toThrowError(/ttlSeconds is Infinity/);
    expect(() => createStateSealer({ maxLength: -1 })).toThrowError(/maxLength is -1/);
  });
});

/** How an attempt to open ends, in a word for the one way that is allowed. */
function outcome(sealer: StateSealer, token: string, bound: StateBinding): string {
  try {
    return `opened: ${JSON.stringify(sealer.unseal(token, bound))}`;
  } catch (thrown) {
    if (!KitError.isInstance(thrown)) return `failed otherwise: ${String(thrown)}`;
    const { code, message, data, cause } = thrown;
    return [code, message, JSON.stringify(data ?? null), cause instanceof Error ? "for the log" : "for nobody"].join(
      "; ",
    );
  }
}

function toComparable({ principal, tenant, method, target, arguments: args }: StateBinding): unknown {
  return [principal ?? null, tenant ?? null, method, target, sortMembers(args)];
}

function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => [name, sortMembers(member), "member"]);
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readHeaders, type HeaderRule, type HeadersInput } from "./header-rule.ts";

const rule: HeaderRule = {
  only: undefined,
  deny: new Set(["x-denied"]),
  allowMetadata: false,
  userAgent: "test",
  maxBytes: 1000,
};

function read(input: unknown, changes: Partial<HeaderRule> = {}): Record<string, string> | string {
  try {
    return Object.fromEntries(readHeaders(input as HeadersInput, { ...rule, ...changes }));
  } catch (error) {
    return (error as Error).message;
  }
}

describe("readHeaders", () => {
  it("takes an object, pairs and Headers alike, by lower-case name", () => {
    const expected = { "x-a": "1", "x-b": "2, 3" };

    expect(read({ "X-A": " 1 ", "x-b": "2", "X-B": "3" })).toEqual(expected);
    expect(
      read([
        ["X-A", "1"],
        ["x-b", "2"],
        ["x-b", "3"],
      ]),
    ).toEqual(expected);
    expect(
      read(
        new Headers([
          ["X-A", "1"],
          ["x-b", "2"],
          ["x-b", "3"],
        ]),
      ),
    ).toEqual(expected);
  });

  it.each([
    "Host",
    "connection",
    "Transfer-Encoding",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "keep-alive",
    "proxy-authorization",
    "Proxy-Connection",
    "http2-settings",
    "x-http-method-override",
    "Metadata-Flavor",
    "metadata",
    "X-aws-ec2-metadata-token",
    "x-aws-ec2-metadata-token-ttl-seconds",
    "X-aliyun-ecs-metadata-token",
    "Metadata-Token",
    "Metadata-Token-Expiry-Seconds",
    "X-Metadata-Token-Ttl-Seconds",
    "X-Identity-Header",
    "Metadata_Flavor",
    "transfer_encoding",
    "x-denied",
    "x_denied",
  ])("refuses %s", (name) => {
    expect(read({ [name]: "x" })).toBe(`The header "${name.toLowerCase()}" is not allowed; leave it out`);
  });

  it.each(["x-request-metadata", "metadata-version", "x-token", "x-amz-meta-name", "client_name", "x_custom"])(
    "lets %s through, which only looks similar",
    (name) => {
      expect(read({ [name]: "x" })).toEqual({ [name]: "x" });
    },
  );

  it("lets through what metadata services ask for where they are allowed", () => {
    expect(read({ "metadata-flavor": "Google" }, { allowMetadata: true })).toEqual({ "metadata-flavor": "Google" });
  });

  it.each([
    "X-Forwarded-For",
    "x_forwarded_for",
    "forwarded",
    "X-Forwarded-Host",
    "x-real-ip",
    "X-Remote-Addr",
    "True-Client-IP",
    "via",
    "x-original-url",
    "x-rewrite-url",
  ])("leaves out %s unless the policy lists it", (name) => {
    expect(read({ [name]: "127.0.0.1", accept: "a" })).toEqual({ accept: "a" });
    expect(read({ [name]: "127.0.0.1" }, { only: new Set([name.toLowerCase()]) })).toEqual({
      [name.toLowerCase()]: "127.0.0.1",
    });
  });

  it("takes only listed headers where there is a list", () => {
    expect(read({ accept: "a" }, { only: new Set(["accept"]) })).toEqual({ accept: "a" });
    expect(read({ cookie: "a" }, { only: new Set(["accept"]) })).toContain('"cookie"');
  });

  it("never gives out a name or value that could end a header", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (name, value) => {
        const headers = read([[name, value]]);

        if (typeof headers === "string") return;
        const text = Object.entries(headers).flat().join("");
        const codes = Array.from(text, (unit) => unit.codePointAt(0) ?? 0);
        const bad = codes.filter((code) => (code < 32 && code !== 9) || code === 127 || code > 255);
        expect(bad).toEqual([]);
      }),
      { numRuns: 2000 },
    );
    expect(read({ x: "a\r\nhost: evil" })).not.toEqual(expect.any(Object));
    expect(read({ "x\r\ny": "1" })).toBe("The name of a header is no token");
    expect(read({ x: "\u010d\u010a" })).toContain("cannot have");
  });

  it("quotes no values", () => {
    expect(read({ authorization: "Bearer s3cret\n" })).not.toContain("s3cret");
  });

  it("ignores what stands on a prototype, and keeps a header of that name apart", () => {
    const inherited = Object.create({ authorization: "inherited" }) as Record<string, string>;
    inherited["accept"] = "a";

    expect(read(inherited)).toEqual({ accept: "a" });
    const headers = read(JSON.parse('{"__proto__":"x"}'));
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
    expect(Object.entries(headers)).toEqual([["__proto__", "x"]]);
  });

  it.each([[{ x: 1 }], [{ x: ["a"] }], [[["a"]]], ["a: b"], [[["a", "b", "c"]]], [{ x: null }]])(
    "refuses %j",
    (input) => {
      expect(read(input)).toEqual(expect.any(String));
    },
  );

  it("counts bytes", () => {
    expect(read({ x: "a".repeat(996) })).toContain("more than 1000 bytes");
    expect(read({ x: "a".repeat(995) })).toEqual({ x: "a".repeat(995) });
  });
});

import * as fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { boolean, host, integer, json, list, number, oneOf, port, url } from "./coerce.ts";

function accepts(schema: z.ZodType, input: unknown): boolean {
  return schema.safeParse(input).success;
}

describe("boolean", () => {
  it.each([
    ["true", true],
    ["YES", true],
    [" on ", true],
    ["1", true],
    [true, true],
    ["false", false],
    ["No", false],
    ["off", false],
    ["0", false],
    [false, false],
  ])("reads %j as %s", (input, expected) => {
    expect(boolean().parse(input)).toBe(expected);
  });

  it.each(["ture", "", "y", "t", "2", "enabled", 1, 0, null, undefined])("refuses %j", (input) => {
    const result = boolean().safeParse(input);

    expect(result.error?.issues[0]?.message).toBe("must be true, false, yes, no, on, off, 1 or 0");
  });
});

describe("integer, number and port", () => {
  it("read plain digits back exactly", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(integer().parse(String(value))).toBe(Object.is(value, -0) ? 0 : value);
      }),
    );
  });

  it("read every finite number back exactly", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(number().parse(JSON.stringify(value))).toBe(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each(["", " ", "0x10", "1e3", "1_000", "1.0", "9007199254740993", "Infinity", "NaN", "１", 1.5, true, null, [5]])(
    "refuse %j as a whole number",
    (input) => {
      expect(accepts(integer(), input)).toBe(false);
    },
  );

  it.each(["", ".", "1,5", "0x10", "1e999", "Infinity", "-", "1.2.3", NaN, true])("refuse %j as a number", (input) => {
    expect(accepts(number(), input)).toBe(false);
  });

  it("keep to their limits, both included", () => {
    const accepted = ["-1", "0", "10", "11"].map((text) => accepts(integer({ min: 0, max: 10 }), text));
    const ports = ["-1", "0", "65535", "65536"].map((text) => accepts(port(), text));

    expect(accepted).toEqual([false, true, true, false]);
    expect(ports).toEqual([false, true, true, false]);
  });

  it("say which limits there are", () => {
    const messages = [{}, { min: 1 }, { max: 9 }, { min: 1, max: 9 }].map(
      (limits) => integer(limits).safeParse("x").error?.issues[0]?.message,
    );

    expect(messages).toEqual([
      "must be a whole number",
      "must be a whole number of at least 1",
      "must be a whole number of at most 9",
      "must be a whole number from 1 to 9",
    ]);
  });
});

describe("host", () => {
  it.each(["localhost", "0.0.0.0", "127.0.0.1", "::", "::1", "fe80::1%eth0", "my-service.default.svc", "my_service"])(
    "takes %s",
    (input) => {
      expect(host().parse(input)).toBe(input);
    },
  );

  it.each([
    "",
    "http://localhost",
    "localhost:80",
    "[::1]",
    "1.2.3",
    "1.2.3.999",
    "a b",
    "-a",
    "a..b",
    "a".repeat(254),
    1,
  ])("refuses %s", (input) => {
    expect(accepts(host(), input)).toBe(false);
  });
});

describe("url", () => {
  it("keeps the text as it was given", () => {
    expect(url().parse(" https://example.com/a ")).toBe("https://example.com/a");
    expect(url({ protocols: ["redis", "rediss"] }).parse("REDIS://host:6379")).toBe("REDIS://host:6379");
  });

  it.each([
    "",
    "example.com",
    "/path",
    "ftp://example.com",
    "javascript:alert(1)",
    "https://",
    "https:///x",
    "https://a b",
    "http://[::1",
    5,
  ])("refuses %s", (input) => {
    const result = url().safeParse(input);

    expect(result.error?.issues[0]?.message).toBe("must be a URL that starts with https:// or http://");
  });
});

describe("oneOf", () => {
  it("takes the listed values in any letter case and yields their exact type", () => {
    const level = oneOf(["debug", "info"]).parse(" INFO ");

    expectTypeOf(level).toEqualTypeOf<"debug" | "info">();
    expect(level).toBe("info");
  });

  it("refuses what is not listed, names of Object.prototype too", () => {
    const accepted = ["", "inf", "constructor", "__proto__", 1].map((input) =>
      accepts(oneOf(["debug", "info"]), input),
    );

    expect(accepted).toEqual([false, false, false, false, false]);
  });
});

describe("list", () => {
  it("splits text at commas, trims the entries and drops empty ones", () => {
    expect(list().parse(" a, b ,,c,")).toEqual(["a", "b", "c"]);
    expect(list().parse(",")).toEqual([]);
    expect(list().parse(["a,b"])).toEqual(["a,b"]);
  });

  it("sends each entry through its schema and says which one is wrong", () => {
    const ports = list(port());

    const { error } = ports.safeParse("80, http");

    expectTypeOf<z.output<typeof ports>>().toEqualTypeOf<number[]>();
    expect(ports.parse("80,443")).toEqual([80, 443]);
    expect(error?.issues).toMatchObject([{ path: [1], message: "must be a port from 0 to 65535" }]);
  });

  it.each([5, true, null, {}])("refuses %j", (input) => {
    expect(accepts(list(), input)).toBe(false);
  });
});

describe("json", () => {
  it("takes JSON text or the value itself", () => {
    const limits = json(z.record(z.string(), z.number()));

    expect(limits.parse('{"a":1}')).toEqual({ a: 1 });
    expect(limits.parse({ a: 1 })).toEqual({ a: 1 });
  });

  it("refuses text that is not JSON and values that the schema refuses, without quoting them", () => {
    const limits = json(z.record(z.string(), z.number()));

    const messages = ['{"a":hunter2}', '{"a":"hunter2"}'].map((text) => limits.safeParse(text).error?.message ?? "");

    expect(messages.map((message) => message === "" || message.includes("hunter2"))).toEqual([false, false]);
  });
});

import { expect, it } from "vitest";
import { copyRules } from "./copy-rules.ts";
import { createRedactor } from "./create-redactor.ts";
import { PlainCopy } from "./plain-copy.ts";

const { redact } = createRedactor();

it("hides what follows a secret's name in a list of two, as entries and headers are written down", () => {
  const lists = {
    entries: [
      ["password", "hunter2"],
      ["x-api-key", 17],
      ["city", "Berlin"],
      ["token", null],
    ],
    names: ["password", "token"],
    longer: ["password", "city", "zip"],
  };

  expect(redact(lists)).toEqual({
    entries: [
      ["password", "[redacted]"],
      ["x-api-key", "[redacted]"],
      ["city", "Berlin"],
      ["token", null],
    ],
    names: ["password", "token"],
    longer: ["password", "city", "zip"],
  });
});

it("hides the value of a pair in the spelling of AWS, and shows that of another", () => {
  const pairs = [{ Name: "DB_PASSWORD", Value: "hunter2" }, { name: "size", value: 3 }, { value: 7 }];

  expect(redact(pairs)).toEqual([
    { Name: "DB_PASSWORD", Value: "[redacted]" },
    { name: "size", value: 3 },
    { value: 7 },
  ]);
});

it("hides secrets in names, in boxed texts and in queries, and shows numbers that JSON has not", () => {
  const value = {
    "pwd=hunter2": 1,
    [`${"long ".repeat(20)}password=hunter2`]: 2,
    boxed: Object("Bearer hunter2hunter2"),
    query: new URLSearchParams("password=hunter2&page=1"),
    nan: Number.NaN,
  };

  const result = redact(value);

  expect(JSON.stringify(result)).not.toContain("hunter2");
  expect(result).toMatchObject({ query: { password: "[redacted]", page: "1" }, nan: "NaN" });
});

it("keeps a member called __proto__ a member", () => {
  const value = JSON.parse('{"__proto__":{"admin":true,"password":"hunter2"}}') as object;

  const result = redact(value) as object;

  expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  expect(JSON.stringify(result)).toBe('{"__proto__":{"admin":true,"password":"[redacted]"}}');
});

it("shares its limits between all that it copies, and gives names that are taken an underscore", () => {
  const copy = new PlainCopy(copyRules({ maxValues: 3, maxTextLength: 100, maxCharacters: 8 }));
  const line: Record<string, unknown> = { id: "ours" };
  const isTaken = (name: string, shown: object) => Object.hasOwn(shown, name);

  const texts = [copy.text("abcd"), copy.text("efghij"), copy.text("klm")];
  const room = ["id", "a", "b", "c"].map((name) => copy.add(line, { id: 1, a: 2, b: 3, c: 4 }, name, isTaken));

  expect(texts).toEqual(["abcd", "efgh... (of 6 characters)", "[left out]"]);
  expect(room).toEqual([true, true, true, false]);
  expect(line).toEqual({ id: "ours", _id: 1, a: 2, b: 3, "[left out]": "..." });
});

it("shows of an error and of its causes the members that the rules name, and nothing else", () => {
  const rules = copyRules({ errorMembers: () => ["message", "cause"] });
  const response = { message: "refused", body: "hunter2", cause: "out of order" };
  const error = Object.assign(new Error("no", { cause: response }), { config: { body: "hunter2" } });

  const result = new PlainCopy(rules).value({ error });

  expect(result).toEqual({ error: { message: "no", cause: { message: "refused", cause: "out of order" } } });
});

it("remembers names without end in bounded room", () => {
  const rules = copyRules({ maxValues: 5_000 });
  const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`token${index}Token`, "hunter2"]));

  const result = new PlainCopy(rules).value(many) as Record<string, unknown>;

  expect(Object.values(result)).toHaveLength(3_000);
  expect(new Set(Object.values(result))).toEqual(new Set(["[redacted]"]));
});

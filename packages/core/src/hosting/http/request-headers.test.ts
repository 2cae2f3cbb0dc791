import fc from "fast-check";
import { expect, test } from "vitest";
import { RequestHeaders } from "./request-headers.ts";

const names = [
  "Host",
  "host",
  "authorization",
  "Authorization",
  "Cookie",
  "cookie",
  "x-a",
  "X-A",
  "set-cookie",
  "Mcp-Name",
];
const pairs = fc.array(fc.tuple(fc.constantFrom(...names), fc.stringMatching(/^[!-~]{0,8}$/)), { maxLength: 8 });

test("Reads exactly as a Headers object with the same lines does", () => {
  fc.assert(
    fc.property(pairs, (lines) => {
      const copied = new Headers(lines);
      const read = new RequestHeaders(lines.flat());

      for (const name of names) {
        expect(read.get(name)).toBe(copied.get(name));
        expect(read.has(name)).toBe(copied.has(name));
      }
      expect([...read]).toEqual([...copied]);
      expect([...read.keys()]).toEqual([...copied.keys()]);
      expect([...read.values()]).toEqual([...copied.values()]);
      expect(read.getSetCookie()).toEqual(copied.getSetCookie());
      expect([...new Request("http://localhost/", { headers: read }).headers]).toEqual([
        ...new Request("http://localhost/", { headers: copied }).headers,
      ]);
    }),
  );
});

test("Tells what is not there by what node has parsed, and what is there by every line of it", () => {
  const parsed = { authorization: "Bearer a" };
  const read = new RequestHeaders(["Authorization", "Bearer a", "authorization", "Bearer b"], parsed);

  expect(read.get("Authorization")).toBe("Bearer a, Bearer b");
  for (const name of ["idempotency-key", "constructor", "__proto__", "toString"]) expect(read.get(name)).toBeNull();
});

test("Is a Headers object, which cannot be changed", () => {
  const headers = new RequestHeaders(["X-A", "1"]);
  const seen: string[] = [];
  headers.forEach((value, name) => seen.push(`${name}=${value}`));

  expect(headers).toBeInstanceOf(Headers);
  expect(seen).toEqual(["x-a=1"]);
  for (const change of ["set", "append", "delete"] as const) {
    expect(() => (headers as Headers)[change]("x-a", "2")).toThrow("cannot be changed");
  }
});

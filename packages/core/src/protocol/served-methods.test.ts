import { expect, test } from "vitest";
import { existsIn } from "./served-methods.ts";

test.for([
  ["tools/call", true, true],
  ["vendor/thing", true, true],
  ["tasks/get", true, true],
  ["tasks/cancel", true, true],
  ["tasks/list", true, false],
  ["ping", true, false],
  ["logging/setLevel", true, false],
  ["server/discover", false, true],
  ["subscriptions/listen", false, true],
  ["constructor", true, true],
] as const)("%s exists in the legacy era: %s, in the modern era: %s", ([method, legacy, modern]) => {
  expect([existsIn("legacy", method), existsIn("modern", method)]).toStrictEqual([legacy, modern]);
});

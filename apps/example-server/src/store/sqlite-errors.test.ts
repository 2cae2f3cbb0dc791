import { KitError, type Call } from "@plinth/core";
import { expect, test } from "vitest";
import { sqliteErrors } from "./sqlite-errors.ts";

/** The rule asks the error alone. */
const call = {} as Call;
const sqliteError = (errcode: number): Error => Object.assign(new Error("/srv/business.db"), { errcode });

test.for([
  ["a full disk", 13],
  ["a busy database", 5],
  ["a locked table, by its extended code", 6 + 256],
  ["a disk that fails", 10],
] as const)("tells clients of %s, when to come back, and nothing of the file", ([, errcode]) => {
  const error = sqliteError(errcode);

  const told = sqliteErrors.to(error, call);

  expect(sqliteErrors.match(error, call)).toBe(true);
  expect(KitError.isInstance(told)).toBe(true);
  expect(told).toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("try again") });
  expect(String(told)).not.toContain("/srv");
});

test("leaves alone what is no passing state of the database", () => {
  const others = [sqliteError(1), sqliteError(19), new Error("no code"), "text", undefined, { errcode: 13 }];

  const matched = others.map((error) => sqliteErrors.match(error, call));

  expect(matched).toEqual(others.map(() => false));
});

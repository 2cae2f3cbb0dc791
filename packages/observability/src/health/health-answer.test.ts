import { expect, it } from "vitest";
import { healthAnswer } from "./health-answer.ts";
import type { ServerHealth } from "./server-health.ts";

function health(state: ServerHealth["state"], status: "up" | "degraded" | "down"): ServerHealth {
  const ready = state === "serving" && status !== "down";
  return { ready, state, report: { status, services: { db: { status, detail: "db.internal:5432" } } } };
}

it.each([
  ["starting", "down", 503, "starting"],
  ["serving", "up", 200, "up"],
  ["serving", "degraded", 200, "degraded"],
  ["serving", "down", 503, "down"],
  ["draining", "up", 503, "draining"],
  ["closed", "down", 503, "closed"],
] as const)("a server that is %s with its services %s is answered for with %i, %s", (state, services, status, word) => {
  expect(healthAnswer("/readyz", health(state, services), true)).toStrictEqual({ status, body: { status: word } });
});

it("what a check says is told where details are asked for, and nowhere else", () => {
  const whole = healthAnswer("/health", health("serving", "degraded"), true);
  const bare = healthAnswer("/health", health("serving", "degraded"), false);

  expect(JSON.stringify(whole.body)).toContain("db.internal:5432");
  expect(bare.body).toMatchObject({ status: "degraded", services: { db: { status: "degraded" } } });
  expect(JSON.stringify(bare.body)).not.toContain("db.internal:5432");
});

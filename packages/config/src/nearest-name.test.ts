import { describe, expect, it } from "vitest";
import { nearestName } from "./nearest-name.ts";

describe("nearestName", () => {
  const names = ["HTTP_PORT", "HTTP_PATH", "LOG_LEVEL"];

  it.each([
    ["HTTP_PROT", "HTTP_PORT"],
    ["HTTP_PATHS", "HTTP_PATH"],
    ["LOGLEVEL", "LOG_LEVEL"],
    ["log_level", "LOG_LEVEL"],
  ])("takes %s for %s", (typed, meant) => {
    expect(nearestName(typed, names, 1)).toBe(meant);
  });

  it("takes a name for nothing when it is further away than allowed", () => {
    expect(nearestName("HTTP_PROXY", names, 1)).toBeUndefined();
    expect(nearestName("DATABASE_URL", names)).toBeUndefined();
    expect(nearestName("", names)).toBeUndefined();
    expect(nearestName("x".repeat(1_000_000), names)).toBeUndefined();
  });
});

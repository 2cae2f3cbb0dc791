import { expect, it } from "vitest";
import { FollowedResources } from "./followed-resources.ts";

it("knows a resource under every spelling", () => {
  const followed = new FollowedResources();

  followed.follow("http://example.com");
  followed.follow("data://a");
  followed.unfollow("DATA://a");

  expect(followed.has("HTTP://Example.com:80/")).toBe(true);
  expect(followed.has("data://a")).toBe(false);
  expect(followed.has("no URI")).toBe(false);
});

it.each([undefined, null, 5, {}, "", "relative/path", `data://${"a".repeat(20_000)}`])("refuses %j", (uri) => {
  const followed = new FollowedResources();

  expect(() => followed.follow(uri)).toThrow(expect.objectContaining({ code: "INVALID_PARAMS" }));
});

it("is bounded, and has room again once something is let go", () => {
  const followed = new FollowedResources();
  for (let index = 0; index < 1_024; index += 1) followed.follow(`data://${index}`);

  expect(() => followed.follow("data://more")).toThrow(expect.objectContaining({ code: "RATE_LIMITED" }));
  followed.follow("data://7");
  followed.unfollow("data://7");
  followed.follow("data://more");

  expect(followed.has("data://more")).toBe(true);
});

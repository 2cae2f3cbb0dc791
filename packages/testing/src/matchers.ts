import { expect } from "vitest";
import type { ToolAnswer } from "./test-client.ts";

/** Matchers for a tool's answer. */
export interface ToolMatchers<R = void> {
  /** The tool refused or failed (`isError`); with a text or pattern, and says so. */
  toBeToolError(expected?: string | RegExp): R;
  /** The structured content equals the given value, or contains it when made with `expect.objectContaining`. */
  toHaveStructuredContent(expected: unknown): R;
}

declare module "vitest" {
  // The parameters must be called as vitest calls them for the declarations to merge.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends ToolMatchers<R> {}
}

/** Adds {@link ToolMatchers} to vitest's `expect`. Call it once in a setup file, or at the head of a test file. */
export function installMatchers(): void {
  expect.extend({
    toBeToolError(received: ToolAnswer, expected?: string | RegExp) {
      const { isError, text } = received;
      const says =
        expected === undefined || (typeof expected === "string" ? text.includes(expected) : expected.test(text));
      const saying = expected === undefined ? "" : ` saying ${String(expected)}`;
      return {
        pass: isError && says,
        message: () =>
          `expected the tool ${this.isNot ? "not " : ""}to fail${saying}; ` +
          `it ${isError ? "failed" : "answered"} with ${JSON.stringify(text)}`,
      };
    },
    toHaveStructuredContent(received: ToolAnswer, expected: unknown) {
      const { structured } = received;
      return {
        pass: this.equals(structured, expected),
        message: () => `expected structured content ${this.isNot ? "not " : ""}to equal the given value`,
        actual: structured,
        expected,
      };
    },
  });
}

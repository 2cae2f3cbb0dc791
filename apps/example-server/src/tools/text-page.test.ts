import fc from "fast-check";
import { expect, test } from "vitest";
import { textPage } from "./text-page.ts";

test("the parts of a text are the text, and no character is cut in two", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.integer({ min: 2, max: 20 }), (whole, maxChars) => {
      const parts: string[] = [];
      for (let start: number | undefined = 0; start !== undefined;) {
        const page: ReturnType<typeof textPage> = textPage(whole, start, maxChars);
        parts.push(page.text);
        start = page.nextStart;
      }

      expect(parts.join("")).toBe(whole);
      expect(parts.every((part) => part.isWellFormed() && part.length <= maxChars)).toBe(true);
    }),
  );
});

test("a start behind the end gives nothing, and no next part", () => {
  expect(textPage("abc", 10, 100)).toEqual({ text: "", totalChars: 3 });
});

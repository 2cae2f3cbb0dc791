import { expect, it } from "vitest";
import { renderReadme } from "./readme-table.ts";
import { readResults } from "./results-file.ts";

const begin = "<!-- Rendered from bench/results.json by `pnpm bench --render`; a test compares the two. -->";
const end = "<!-- End of what is rendered. -->";

it("writes between its marks and leaves the rest of the README alone", () => {
  const readme = `Before.\n\n${begin}\nold\n${end}\n\nAfter.\n`;

  const rendered = renderReadme(readme, readResults());

  expect(rendered).toMatch(/^Before\.\n\n<!-- Rendered [^\n]+\n\n\| \| /);
  expect(rendered).toMatch(/\n\n<!-- End of what is rendered\. -->\n\nAfter\.\n$/);
  expect(rendered).not.toContain("old");
});

it("gives a dash to who has no figure at a case, and says when not all is from a full run", () => {
  const results = readResults();

  const rendered = renderReadme(`${begin}${end}`, { ...results, full: false });

  expect(rendered).toMatch(/^\| `tools\/call` over HTTP, 2026-07-28 \|.* \| - \|/m);
  expect(rendered).toContain("Not all of it is from a full run");
});

it("names the line that is missing when the README has no place for the figures", () => {
  expect(() => renderReadme("No place.\n", readResults())).toThrow(`README.md has no line "${begin}"`);
});

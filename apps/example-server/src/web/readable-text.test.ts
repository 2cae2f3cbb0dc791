import { expect, test } from "vitest";
import { readableText } from "./readable-text.ts";

test("a page reads as its content, with headings, lists, tables and code", async () => {
  const html = `<!doctype html><html><head><title>Films &amp;
    figures</title><style>p { color: red }</style></head><body>
    <header>Our shop <svg><title>Logo</title></svg></header><nav><a href="/">Home</a></nav>
    <main><header><h1>Best <b>films</b></h1></header><p>They  cost
    a&nbsp;lot.<br>And <a href="/more">earn</a> more.</p>
    <ul><li>Jaws<li>Alien</ul>
    <table><tr><th>Film<th>Year</tr><tr><td>Jaws<td>1975</tr></table>
    <pre>if (x)\n  return;</pre></main>
    <footer>Imprint</footer><script>document.write("<p>never</p>")</script></body></html>`;

  expect(await readableText(html)).toEqual({
    title: "Films & figures",
    text: [
      "# Best films",
      "",
      "They cost a lot.",
      "And earn more.",
      "",
      "- Jaws",
      "- Alien",
      "",
      "Film | Year",
      "Jaws | 1975",
      "",
      "if (x)",
      "  return;",
    ].join("\n"),
  });
});

test("without main and article all is read but what surrounds the content", async () => {
  const { text } = await readableText("<nav>Menu</nav><div>One</div><div>Two<p>Three</div><aside>Ad</aside>");

  expect(text).toBe("One\nTwo\n\nThree");
});

test.each([
  "<p hidden>secret</p>",
  '<div style="color:red; Display : none"><p>secret</p></div>',
  '<span style="visibility:hidden">secret</span>',
  '<p aria-hidden="true">secret</p>',
  "<template><p>secret</p></template>",
  "<noscript>secret</noscript>",
  "<!-- secret -->",
  "<textarea>secret</textarea>",
  "<svg><text>secret</text></svg>",
])("what a reader does not see is not read: %s", async (hidden) => {
  const { text } = await readableText(`<p>Shown</p>${hidden}<p>Shown too</p>`);

  expect(text).toBe("Shown\n\nShown too");
});

const mebibyte = 1024 * 1024;
test.each([
  ["opening tags in a row", "<p>".repeat(mebibyte / 3)],
  ["closing tags without a match, deep inside", `${"<div>".repeat(250)}${"</p></x>".repeat(mebibyte / 8)}`],
  ["cells of one row", `<table><tr>${"<td>x".repeat(mebibyte / 5)}`],
  ["entities", "&amp;".repeat(mebibyte / 5)],
  ["attributes of one element", `<p ${"a=1 ".repeat(mebibyte / 4)}>`],
  ["spaces that end in no line", `<pre>${" ".repeat(mebibyte)}x</pre>`],
  ["brackets", "<".repeat(mebibyte)],
  ["a style without end", `<p style="display${" ".repeat(mebibyte)}">`],
  ["comments that do not end", "<!--".repeat(mebibyte / 4)],
])("a hostile page takes no more time than its length, and leaves turns to others: %s", async (_what, html) => {
  const before = process.cpuUsage();
  let turns = 0;
  const takeTurn = () => {
    turns += 1;
    other = setImmediate(takeTurn);
  };
  let other = setImmediate(takeTurn);

  await readableText(html);

  clearImmediate(other);
  // CPU time, because a busy machine takes long for everything. With time squared these take minutes.
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(3_000);
  expect(turns).toBeGreaterThan(10);
});

test("a page that is nested without end is refused", async () => {
  await expect(readableText("<div>".repeat(100_000))).rejects.toThrow("nests its elements more than 256 deep");
});

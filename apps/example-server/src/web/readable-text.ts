import { setImmediate } from "node:timers/promises";
import { Parser } from "htmlparser2";
import { DataError } from "../data-error.ts";
import { TextLines } from "./text-lines.ts";

/** What a reader would see of a page. */
export interface ReadableText {
  readonly title: string;
  readonly text: string;
}

/** Programs, drawings and controls, and what stands around the content. */
const leftOut = new Set(
  "script style noscript template iframe object svg canvas dialog button select textarea nav aside footer".split(" "),
);
const content = new Set(["main", "article"]);
const paragraphs = new Set("p h1 h2 h3 h4 h5 h6 ul ol dl table pre blockquote section figure".split(" "));
const lines = new Set("div li tr br hr dt dd header main article caption figcaption".split(" "));
const hiddenStyle = /display\s*:\s*none|visibility\s*:\s*hidden/i;

/** Characters between two turns of the event loop, which other calls wait for. */
const chunkLength = 32 * 1024;
/** Pages of people stay below 100. The work for each closing tag grows with it. */
const maxDepth = 256;

/**
 * Takes the text out of HTML: that of `main` and `article` where there are such, otherwise all but navigation, margins,
 * footers and what is hidden. It reads the page once from front to back, so the time it takes grows with the page and not
 * with what a hostile one makes of it; nothing in the page is run or loaded.
 *
 * @throws DataError `INVALID` for elements that are nested more than 256 deep
 */
export async function readableText(html: string): Promise<ReadableText> {
  const reader = new PageReader();
  const parser = new Parser({
    onopentag: (name, attributes) => reader.open(name, attributes),
    ontext: (text) => reader.add(text),
    onclosetag: (name) => reader.close(name),
  });
  for (let at = 0; at < html.length; at += chunkLength) {
    parser.write(html.slice(at, at + chunkLength));
    await setImmediate();
  }
  parser.end();
  return reader.result();
}

class PageReader {
  readonly #all = new TextLines();
  readonly #content = new TextLines();
  #title = "";
  #depth = 0;
  /** Depth of the outermost element whose text is left out. */
  #skippedFrom = Infinity;
  #contentDepth = 0;
  #preDepth = 0;
  #titleDepth = 0;

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#depth += 1;
    if (this.#depth > maxDepth) {
      throw new DataError("INVALID", `The page nests its elements more than ${maxDepth} deep.`);
    }
    if (content.has(name)) this.#contentDepth += 1;
    if (name === "title") this.#titleDepth += 1;
    if (name === "pre") this.#preDepth += 1;
    if (this.#skippedFrom === Infinity && this.#isLeftOut(name, attributes)) this.#skippedFrom = this.#depth;
    this.#separate(name);
    const level = /^h([1-6])$/.exec(name)?.[1];
    if (level !== undefined) this.#add(`${"#".repeat(Number(level))} `);
    if (name === "li") this.#add("- ");
    if (name === "td" || name === "th") this.#each((text) => text.separateCell());
  }

  add(text: string): void {
    if (this.#titleDepth === 0) this.#add(text);
    else if (this.#skippedFrom === Infinity) this.#title += text;
  }

  close(name: string): void {
    this.#separate(name);
    if (this.#skippedFrom === this.#depth) this.#skippedFrom = Infinity;
    if (content.has(name)) this.#contentDepth -= 1;
    if (name === "title") this.#titleDepth -= 1;
    if (name === "pre") this.#preDepth -= 1;
    this.#depth -= 1;
  }

  result(): ReadableText {
    const text = this.#content.text();
    return { title: this.#title.replace(/\s+/g, " ").trim(), text: text === "" ? this.#all.text() : text };
  }

  #isLeftOut(
    name: string,
    { hidden, style = "", "aria-hidden": ariaHidden }: Readonly<Record<string, string>>,
  ): boolean {
    // A header inside of the content is a part of it.
    if (leftOut.has(name) || (name === "header" && this.#contentDepth === 0)) return true;
    return hidden !== undefined || ariaHidden === "true" || hiddenStyle.test(style);
  }

  #separate(name: string): void {
    if (paragraphs.has(name)) this.#each((text) => text.endParagraph());
    else if (lines.has(name)) this.#each((text) => text.endLine());
  }

  #add(text: string): void {
    this.#each((lines) => (this.#preDepth > 0 ? lines.addPreformatted(text) : lines.add(text)));
  }

  #each(change: (text: TextLines) => void): void {
    if (this.#skippedFrom !== Infinity) return;
    change(this.#all);
    if (this.#contentDepth > 0) change(this.#content);
  }
}

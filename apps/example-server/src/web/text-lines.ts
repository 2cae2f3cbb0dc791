/** Text that is put together line by line: single spaces within a line, at most one empty line between two others. */
export class TextLines {
  readonly #lines: string[] = [];
  /** Pieces, because a line that is put together and looked at again for each of them takes time squared. */
  #line: string[] = [];
  /** What stands between the last piece and the next. */
  #gap = "";

  /** Adds to the line at hand. */
  add(text: string): void {
    const words = text.trim().replace(/\s+/g, " ");
    if (this.#gap === "" && text !== text.trimStart()) this.#gap = " ";
    if (words === "") return;
    this.#line.push(this.#line.length === 0 ? "" : this.#gap, words);
    this.#gap = text === text.trimEnd() ? "" : " ";
  }

  /** Adds text that keeps its spaces and line breaks. */
  addPreformatted(text: string): void {
    const [first = "", ...others] = text.split("\n");
    this.#line.push(first);
    for (const line of others) {
      this.#lines.push(this.#line.join("").trimEnd());
      this.#line = [line];
    }
  }

  /** Sets a cell of a table off from the one before. */
  separateCell(): void {
    if (this.#line.length > 0) this.#gap = " | ";
  }

  endLine(): void {
    const line = this.#line.join("").trimEnd();
    if (line !== "") this.#lines.push(line);
    this.#line = [];
    this.#gap = "";
  }

  endParagraph(): void {
    this.endLine();
    if (this.#lines.length > 0 && this.#lines.at(-1) !== "") this.#lines.push("");
  }

  text(): string {
    this.endLine();
    return this.#lines.join("\n").trim();
  }
}

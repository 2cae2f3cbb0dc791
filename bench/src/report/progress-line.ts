/** Tells on stderr what runs now. */
export interface ProgressLine {
  readonly show: (text: string) => void;
  /** Takes the line away, before something else is written. */
  readonly clear: () => void;
}

/** On a terminal one line that is rewritten, otherwise one line for each step; rounds are not steps then. */
export function createProgressLine(stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  let lastStep = "";
  if (stream.isTTY) {
    const write = (text: string): void => void stream.write(`\r${text.slice(0, stream.columns - 1)}\u001b[K`);
    return { show: write, clear: () => write("") };
  }
  return {
    show(text) {
      const step = text.replace(/: (?:starting|round \d+ of \d+)$/, "");
      if (step === lastStep) return;
      lastStep = step;
      if (text.endsWith(": starting") || step === text) stream.write(`bench: ${step}\n`);
    },
    clear: () => undefined,
  };
}

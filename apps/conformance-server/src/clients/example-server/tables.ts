/** How many records the imports have. */
export const recordCount = 50_000;

/** Sales as CSV of 2 MB. */
export function salesCsv(): string {
  const lines = Array.from(
    { length: recordCount },
    (_, index) => `2024-01-${10 + (index % 20)},north,${index},sold over the counter`,
  );
  return `day,region,amount,note\n${lines.join("\n")}\n`;
}

/** As many records as {@link salesCsv} in the least text, so that a command line can carry it: 100 kB. */
export function narrowCsv(): string {
  return `n\n${"1\n".repeat(recordCount)}`;
}

/** Little text that takes long to import: only the first of its records has values, but all of them have its columns. */
export function sparseJson(): string {
  const first = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`c${index}`, index]));
  return `[${JSON.stringify(first)}${",{}".repeat(39_000)}]`;
}

const sentence = 'Row 17: "Northwind" sold 1,204 units in Q3, 8.4 % above the plan.\n';

/** A text of exactly `bytes` ASCII characters, with the quotes and line ends that make a JSON writer work. */
export function reportText(bytes: number): string {
  return sentence.repeat(Math.ceil(bytes / sentence.length)).slice(0, bytes);
}

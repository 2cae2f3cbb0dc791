import { expect, it } from "vitest";
import { isFull, readCommandLine } from "./command-line.ts";

const known = { cases: ["call-1", "call-50"], contestants: ["node", "plinth"] };

it("runs everything, and keeps the results, when nothing is said", () => {
  const commandLine = readCommandLine([], known);

  expect(commandLine).toMatchObject({ mode: "run", quick: false, cases: [], contestants: [], build: true });
  expect(isFull(commandLine)).toBe(true);
});

it("takes cases one by one and contestants as a list", () => {
  const commandLine = readCommandLine(
    ["--case", "call-1", "--case", "call-50", "--only", "node,plinth", "--rounds", "7"],
    known,
  );

  expect(commandLine).toMatchObject({ cases: ["call-1", "call-50"], contestants: ["node", "plinth"], rounds: 7 });
  expect(isFull(commandLine)).toBe(false);
});

it.each([
  [["--case", "call-2"], 'There is no case "call-2"; there is call-1, call-50'],
  [["--only", "node,express"], 'There is no contestant "express"; there is node, plinth'],
  [["--rounds", "0"], '--rounds is "0"; use a whole number from 1 to 999'],
  [["--fast"], "Unknown option '--fast'"],
  [["--guard", "--list"], "--list and --guard exclude each other"],
  [["--guard", "--quick"], "--guard always measures what its budgets name"],
  [["--write", "--only", "node"], "--write keeps the figures of all contestants"],
])("refuses %j with a sentence", (args, message) => {
  expect(() => readCommandLine(args, known)).toThrow(message);
});

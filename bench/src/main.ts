import { CommandLineError, help, readCommandLine, type KnownNames } from "./command-line.ts";
import { buildPackages, installPeers, PreparationError } from "./prepare.ts";
import { createProgressLine } from "./report/progress-line.ts";

// What needs installed packages is imported where it is used, after they are known to be there.
async function main(): Promise<number> {
  const [{ allCases }, { allContestants, removeExampleDatabase, ownContestants }] = await Promise.all([
    import("./cases/all-cases.ts"),
    import("./contestants/all-contestants.ts"),
  ]);
  const known: KnownNames = {
    cases: allCases.map(({ name }) => name),
    contestants: allContestants.map(({ name }) => name),
  };
  const commandLine = readCommandLine(process.argv.slice(2), known);
  const { mode, contestants, rounds } = commandLine;
  if (mode === "help") {
    console.log(help);
    return 0;
  }
  if (mode === "list") {
    console.log("Cases:");
    for (const { name, title } of allCases) console.log(`  ${name.padEnd(24)} ${title}`);
    console.log("Contestants:");
    for (const { name, title } of allContestants) console.log(`  ${name.padEnd(24)} ${title}`);
    return 0;
  }
  if (mode === "render") {
    const [{ readResults }, { writePage }] = await Promise.all([
      import("./report/results-file.ts"),
      import("./report/write-page.ts"),
    ]);
    writePage(readResults());
    return 0;
  }
  const progress = createProgressLine();
  if (commandLine.build) {
    progress.show("compiling the packages");
    await buildPackages();
  }
  try {
    if (mode === "guard") {
      const { guard } = await import("./guard.ts");
      return (await guard({ rounds, progress })) ? 0 : 1;
    }
    const own = new Set(ownContestants.map(({ name }) => name));
    if (contestants.length === 0 || contestants.some((name) => !own.has(name))) await installPeers(progress.show);
    const { runBenchmark } = await import("./run-benchmark.ts");
    await runBenchmark(commandLine, progress);
    return 0;
  } finally {
    progress.clear();
    await removeExampleDatabase();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = 1;
  if (!(error instanceof CommandLineError || error instanceof PreparationError)) throw error;
  process.stderr.write(`${error.message}\n`);
}

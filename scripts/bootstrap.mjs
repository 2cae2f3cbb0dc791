#!/usr/bin/env node
// The way in for `npm start` and `npm test`: gets the toolchain, installs, builds, runs.
// This file must load on any Node that knows ES modules, so that an old one gets a sentence and not a stack trace:
// no static imports, no syntax younger than ES2018. Everything else is in ./bootstrap/.
const major = Number(process.versions.node.split(".")[0]);

if (major < 18) {
  process.stderr.write(
    "plinth: Node " +
      process.versions.node +
      " is too old; install Node 18 or newer (24 is best) and run this again.\n",
  );
  process.exitCode = 1;
} else {
  void import("./bootstrap/main.mjs")
    .then((bootstrap) => bootstrap.main(process.argv.slice(2)))
    .then((code) => {
      process.exitCode = code;
    });
}

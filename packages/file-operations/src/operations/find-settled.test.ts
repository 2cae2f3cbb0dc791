import { linkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { descriptorBackend } from "../directories/descriptor-backend.ts";
import { testRoot } from "../fixtures/test-root.ts";
import type { RootContext } from "../root-context.ts";
import { findSettled } from "./find-settled.ts";

test.runIf(process.platform === "linux")(
  "a file that has two names only for a moment is not taken for a hard link",
  async () => {
    await using files = await testRoot();
    writeFileSync(join(files.folder, "a"), "x");
    linkSync(join(files.folder, "a"), join(files.folder, "b"));
    const directory = await descriptorBackend.openRoot(files.folder);
    const context = { hardLinks: "refuse", tree: { backend: descriptorBackend } } as unknown as RootContext;
    setTimeout(() => unlinkSync(join(files.folder, "b")), 2);

    const found = await findSettled(context, directory, "a");

    expect(found?.stats.nlink).toBe(1n);
    found?.close();
    directory.close();
  },
);

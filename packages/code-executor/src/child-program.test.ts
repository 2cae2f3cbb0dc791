import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { childProgram } from "./child-program.ts";

/** Runs a program by the package as it stands in a folder, where something may be missing. */
function runIn(folder: string): { readonly stdout: string; readonly stderr: string } {
  const script = `
    const { createCodeExecutor } = await import("./src/index.ts");
    await using executor = createCodeExecutor({ backend: "process" });
    await executor.run("return 1").catch((error) => console.log(error.code, error.message));`;
  return spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: folder,
    // Package managers lead node to what they have installed by a variable.
    env: {},
    encoding: "utf8",
  });
}

describe("the program of a sandbox", () => {
  it("reads nothing but its own files and the engine's", () => {
    const { reads, file, nodeOptions } = childProgram("javascript", 64 * 1024 * 1024);

    expect(reads).toHaveLength(2);
    expect(file.startsWith(reads[0] as string)).toBe(true);
    expect(reads[1]).toMatch(/isolated-vm.*\.node$/);
    expect(nodeOptions).toContain("--max-old-space-size=128");
  });

  it("may be missing its engine: the package loads all the same, and a run says what to do", () => {
    const folder = mkdtempSync(join(tmpdir(), "plinth-no-engine-"));
    try {
      cpSync(import.meta.dirname, join(folder, "src"), { recursive: true });

      const { stdout, stderr } = runIn(folder);

      expect(stdout + stderr).toBe(
        'unavailable JavaScript needs the package "isolated-vm", which is not installed; run "npm install isolated-vm@7.0.1".\n',
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("may lack a binary for this Node: a run names the platform and the version", () => {
    const folder = mkdtempSync(join(tmpdir(), "plinth-no-binary-"));
    try {
      cpSync(import.meta.dirname, join(folder, "src"), { recursive: true });
      const engine = join(import.meta.dirname, "../node_modules/isolated-vm");
      const wanted = /isolated-vm(?:\/(?:package\.json|isolated-vm\.js))?$/;
      cpSync(engine, join(folder, "node_modules/isolated-vm"), {
        recursive: true,
        dereference: true,
        filter: (path) => wanted.test(path),
      });

      const { stdout } = runIn(folder);

      expect(stdout).toContain(`unavailable isolated-vm has no binary for ${process.platform}-${process.arch}`);
      expect(stdout).toContain(`ABI ${process.versions.modules}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

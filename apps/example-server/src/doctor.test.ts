import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("the doctor finds nothing in this server that is not ignored with a reason", () => {
  const program = join(import.meta.dirname, "doctor.ts");
  const args = ["--conditions=@plinth/source", program, "--json", "--fail-on", "warning"];

  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });

  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, findings: [], checked: { tools: 13 } });
  expect(status).toBe(0);
});

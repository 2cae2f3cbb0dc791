import { defineResource } from "@plinth/core";
import { expect, test } from "vitest";
import { doctor } from "./doctor.ts";
import { serverOf } from "./fixtures/found-by.ts";
import { formatDoctorReport } from "./format-doctor-report.ts";
import { toJson } from "./to-json.ts";

test("Neither form of the report has a password of a URI in it, and both find it", async () => {
  const password = ["hunter", "2hunter"].join("");
  const uri = `postgres://administrator:${password}@db.internal/shop`;
  const report = await doctor(serverOf(defineResource({ uri, read: () => "" })));

  const written = [toJson(report), formatDoctorReport(report)];

  for (const text of written) {
    expect(text).toContain("secret-in-listing");
    expect(text).not.toContain(password);
  }
});

test("What does not show is written as an escape, and reads back as it was", async () => {
  const report = await doctor(serverOf());
  const odd = "a\u202eb\u{e0041}\u009b";

  const text = toJson({ ...report, checked: { ...report.checked, server: odd } });

  expect(text).toContain(String.raw`a\u202eb\udb40\udc41\u009b`);
  expect(JSON.parse(text)).toMatchObject({ checked: { server: odd } });
});

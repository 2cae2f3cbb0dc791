import type { DoctorReport } from "./doctor.ts";

/** A report for programs. `version` counts up when a member changes its meaning or goes; new members may come. */
export interface DoctorJson extends DoctorReport {
  readonly version: 1;
}

/** What would turn the lines of a terminal, or not show there; a line end is part of the layout. */
const unprintable = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A report as JSON, with members in a fixed order. Secrets are masked, and what does not show is written as an escape. */
export function toJson({ ok, failOn, counts, checked, findings, ignored }: DoctorReport): string {
  const report: DoctorJson = { version: 1, ok, failOn, counts, checked, findings, ignored };
  return JSON.stringify(report, undefined, 2).replace(unprintable, escaped);
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }).join("");
}

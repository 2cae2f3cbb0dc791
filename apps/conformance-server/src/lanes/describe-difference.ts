import type { Comparison } from "./compare-lanes.ts";

/** A case in which the lanes differ, for people: its name and each place where the answers are not the same. */
export function describeDifference({ case: { name }, difference }: Comparison): string {
  const places = difference === undefined ? [] : placesOf(difference.direct, difference.sdk, "");
  return [name, ...places.map((place) => `  ${place}`)].join("\n");
}

function placesOf(direct: unknown, sdk: unknown, path: string): readonly string[] {
  if (!isContainer(direct) || !isContainer(sdk)) {
    return Object.is(direct, sdk) ? [] : [`${path}: direct ${textOf(direct)}, sdk ${textOf(sdk)}`];
  }
  const names = new Set([...Object.keys(direct), ...Object.keys(sdk)]);
  return [...names].flatMap((name) => placesOf(direct[name], sdk[name], path === "" ? name : `${path}.${name}`));
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function textOf(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 400 ? `${text.slice(0, 400)}...` : text;
}

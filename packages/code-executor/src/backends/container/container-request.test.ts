import { expect, it } from "vitest";
import { completeOptions } from "./container-options.ts";
import { containerRequest } from "./container-request.ts";
import { recordedCreateBody } from "./fixtures/docker-command-line.ts";
import { createBodyProblems } from "./fixtures/engine-shapes.ts";

const program = {
  node: "/usr/bin/node",
  nodeOptions: ["--no-warnings"],
  file: "/srv/program/child.js",
  args: ["one"],
  reads: ["/srv/program", "/srv/program/child.js", "/srv/program"],
};

const settings = completeOptions({ image: "node:24", allowedImages: ["node:24"], runtime: "runsc" });

function request(changes: { reads?: string[]; cpuSeconds?: number } = {}) {
  const { cpuSeconds = 7, reads = program.reads } = changes;
  const image = { id: `sha256:${"ab".repeat(32)}`, variables: ["PATH", "NODE_OPTIONS"] };
  return containerRequest(
    { program: { ...program, reads }, language: "javascript", rssBytes: 268_435_456, cpuSeconds },
    image,
    settings,
  ) as { HostConfig: Record<string, unknown> } & Record<string, unknown>;
}

it("asks an engine for what Docker's own command line asks for with the same flags, field by field", () => {
  expect(sorted(request())).toStrictEqual(sorted(recordedCreateBody));
});

it("asks for nothing that the engine's published description does not have", () => {
  expect(createBodyProblems(request())).toStrictEqual([]);
});

it("mounts each folder once, and not again what lies in it", () => {
  const { HostConfig } = request({ reads: ["/a/b", "/a", "/ab", "/a/b/c", "/ab"] });

  expect((HostConfig["Mounts"] as { Source: string }[]).map(({ Source }) => Source)).toStrictEqual(["/a", "/ab"]);
});

it("rounds CPU time up to the seconds that the kernel counts", () => {
  expect(request({ cpuSeconds: 0.2 }).HostConfig["Ulimits"]).toContainEqual({ Name: "cpu", Soft: 1, Hard: 2 });
});

/** The order of resource limits means nothing. */
function sorted(body: Readonly<Record<string, unknown>>): unknown {
  const host = body["HostConfig"] as { Ulimits: { Name: string }[] };
  return { ...body, HostConfig: { ...host, Ulimits: host.Ulimits.toSorted((a, b) => (a.Name < b.Name ? -1 : 1)) } };
}

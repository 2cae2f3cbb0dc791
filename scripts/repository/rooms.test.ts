import { expect, test } from "vitest";
import { fixtureWorkspace } from "./fixture-workspace.ts";
import { roomProblems } from "./rooms.ts";

test("A file may use its own room, those before it, and what lies in hosting itself", () => {
  using fixture = fixtureWorkspace(
    { core: [] },
    {
      "packages/core/src/create-server.ts": 'import "./hosting/http/listen-http.ts"; import "./errors/kit-error.ts";',
      "packages/core/src/hosting/stdio/serve-stdio.ts":
        'import "../connection/connection.ts"; import "../shutdown.ts";',
      "packages/core/src/hosting/run.ts": 'import "./workers/open-workers.ts"; import "../protocol/eras.ts";',
      "packages/core/src/definitions/tool.ts":
        'import type { Context } from "../context/context.ts"; import "./schema.ts";',
      "packages/core/src/json/json.test.ts": 'import "../create-server.ts";',
    },
  );

  expect(roomProblems(fixture.read())).toEqual([]);
});

test("An import from a later room is reported, and so is that of a type unless the table allows it", () => {
  using fixture = fixtureWorkspace(
    { core: [] },
    {
      "packages/core/src/definitions/tool.ts": 'import { open } from "../context/context.ts";',
      "packages/core/src/protocol/eras.ts": 'import type { Host } from "../hosting/hosted-server.ts";',
      "packages/core/src/services/service.ts": 'export const load = (): unknown => import("../create-server.ts");',
    },
  );

  expect(roomProblems(fixture.read())).toEqual([
    "packages/core/src/definitions/tool.ts imports from packages/core/src/context, which packages/core/src/definitions may not use.",
    "packages/core/src/protocol/eras.ts imports from packages/core/src/hosting, which packages/core/src/protocol may not use even for types.",
    "packages/core/src/services/service.ts imports from packages/core/src, which packages/core/src/services may not use.",
  ]);
});

test("Hosts know each other only as the table says", () => {
  using fixture = fixtureWorkspace(
    { core: [] },
    { "packages/core/src/hosting/http/listen-http.ts": 'import type { Line } from "../stdio/line.ts";' },
  );

  expect(roomProblems(fixture.read())).toEqual([
    "packages/core/src/hosting/http/listen-http.ts imports from packages/core/src/hosting/stdio, which packages/core/src/hosting/http may not use even for types.",
  ]);
});

test("A room that the table does not name is reported", () => {
  using fixture = fixtureWorkspace(
    { core: [] },
    { "packages/core/src/attic/box.ts": "", "packages/core/src/hosting/carrier/pigeon.ts": "" },
  );

  expect(roomProblems(fixture.read())).toEqual([
    "packages/core/src/attic has no place among the rooms; add it to scripts/repository/rooms.ts.",
    "packages/core/src/hosting/carrier has no place among the rooms; add it to scripts/repository/rooms.ts.",
  ]);
});

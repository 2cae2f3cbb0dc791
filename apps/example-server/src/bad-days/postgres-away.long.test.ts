import { describe, expect, test } from "vitest";
import { createOwnDatabase, postgresAnswers, type OwnDatabase } from "./fixtures/own-database.ts";
import { eventually, startServer, type RunningServer } from "./fixtures/running-server.ts";

function start({ url }: OwnDatabase, env: Record<string, string> = {}): RunningServer {
  return startServer({ program: "main.ts", env: { DATABASE_URL: url, DATABASE_TIMEOUT: "1s", ...env } });
}

const count = (server: RunningServer) => server.call("query_dataset", { dataset_id: "films", limit: 1 });

type Break = (database: OwnDatabase) => Promise<void> | void;
const crash: Break = (database) => database.crash();
const hang: Break = (database) => database.hang();

// Where the services are promised, their absence fails the tests instead of skipping them.
describe.runIf(await postgresAnswers())("PostgreSQL away", () => {
  test.concurrent.for([
    ["refuses", crash],
    ["is silent", hang],
  ] as const)("at start, when it %s, ends the server with 1 and one line that names it", async ([, break_]) => {
    await using database = await createOwnDatabase();
    await break_(database);
    await using server = start(database);

    const [status] = await server.exit;
    const errors = server.log.filter(({ level }) => level === "error" || level === "none");

    expect(status).toBe(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toMatch(/^Service "store" failed to start: PostgreSQL does not answer .*DATABASE_URL/);
    expect(JSON.stringify(server.log)).not.toMatch(/hush-hush|\\n\s+at /);
  });

  test.concurrent.for([
    ["crashes", crash],
    ["goes silent", hang],
  ] as const)("later, when it %s, costs the calls that need it alone, and comes back by itself", async ([, break_]) => {
    await using database = await createOwnDatabase();
    await using server = start(database);
    const before = await count(server);
    await break_(database);

    const began = performance.now();
    const first = await Promise.all([count(server), count(server), server.call("list_datasets")]);
    const firstMs = performance.now() - began;
    const down = await eventually(
      () => server.ready(),
      (status) => status === 503,
    );
    const refused = await eventually(
      () => count(server),
      ({ text }) => text.includes("store"),
    );
    const others = await server.call("list_files");
    const alive = await fetch(new URL("/healthz", await server.url()));
    await database.comeBack();
    const up = await eventually(
      () => server.ready(),
      (status) => status === 200,
    );
    const after = await eventually(
      () => count(server),
      ({ code }) => code === undefined,
    );

    expect(before.structured).toMatchObject({ total: 3_201 });
    expect(first.map(({ code }) => code)).toEqual(first.map(() => expect.stringMatching(/^(UNAVAILABLE|TIMEOUT)$/)));
    // Two tries, each of a connection and a statement.
    expect(firstMs).toBeLessThan(10_000);
    expect([down, up, alive.status]).toEqual([503, 200, 200]);
    expect(refused).toMatchObject({ code: "UNAVAILABLE", text: expect.stringContaining("try again in") });
    expect(others.code).toBeUndefined();
    expect(after.structured).toMatchObject({ total: 3_201 });
    expect(server.process.exitCode).toBeNull();
  });

  test.concurrent("a silent one does not keep the server from ending, nor the calls that wait for it from an answer", async () => {
    await using database = await createOwnDatabase();
    await using server = start(database, { TIMEOUTS_DRAIN: "500ms", DATABASE_TIMEOUT: "30s" });
    await count(server);
    database.hang();
    const waiting = count(server);
    await eventually(
      () => server.metric("plinth_calls_in_flight"),
      (value) => value === 1,
    );

    const began = performance.now();
    server.process.kill("SIGTERM");
    const answer = await waiting;
    const exit = await server.exit;

    expect(answer.text).toBe("The server is shutting down");
    expect(exit).toEqual([0, null]);
    expect(performance.now() - began).toBeLessThan(12_000);
  });

  test.concurrent("an import that loses its connection half-way leaves nothing behind, and the server goes on", async () => {
    await using database = await createOwnDatabase();
    await using server = start(database, { HTTP_BODY_LIMIT: "64MB" });
    await server.url();
    const row = `${"x".repeat(100)},1\n`;
    const content = `name,value\n${row.repeat(60_000)}`;

    const importing = server.call("import_dataset", { dataset_id: "lost", title: "Lost", format: "csv", content });
    await eventually(
      () => server.metric("plinth_calls_in_flight"),
      (value) => value !== undefined && value > 0,
    );
    const cutting = setInterval(() => database.cut(), 20);
    const answer = await importing.finally(() => clearInterval(cutting));
    const lost = await eventually(
      () => server.call("query_dataset", { dataset_id: "lost" }),
      ({ code }) => code !== "UNAVAILABLE",
    );

    expect(answer.code).toBe("UNAVAILABLE");
    expect(lost.text).toMatch(/lost/);
    expect(server.process.exitCode).toBeNull();
  });
});

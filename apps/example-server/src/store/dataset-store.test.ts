import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DatasetStore, Selection } from "./dataset-store.ts";
import type { Column, Row } from "./dataset.ts";
import type { Filter } from "./filter.ts";
import { createPostgresStore } from "./postgres-store.ts";
import { createSqliteStore } from "./sqlite-store.ts";

interface Backend {
  name: string;
  available: boolean;
  open: () => Promise<{ store: DatasetStore; dispose: () => Promise<void> }>;
}

const connectionString = process.env["DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres";
const postgresAnswers = await new Client({ connectionString, connectionTimeoutMillis: 1_000 }).connect().then(
  (client) => client.end().then(() => true),
  () => false,
);

const backends: Backend[] = [
  {
    name: "SQLite in memory",
    available: true,
    open: async () => {
      const store = createSqliteStore({ path: ":memory:" });
      return { store, dispose: () => store.close() };
    },
  },
  {
    name: "SQLite in a file",
    available: true,
    open: async () => {
      const folder = await mkdtemp(join(tmpdir(), "example-server-"));
      const store = createSqliteStore({ path: join(folder, "data", "business.db") });
      const dispose = async () => {
        await store.close();
        await rm(folder, { recursive: true });
      };
      return { store, dispose };
    },
  },
  {
    name: "PostgreSQL",
    // Where the services are promised, their absence fails the tests instead of skipping them.
    available: postgresAnswers || process.env["PLINTH_REQUIRE_SERVICES"] === "1",
    open: async () => {
      const schema = `test_${randomUUID().replaceAll("-", "_")}`;
      const store = await createPostgresStore({ connectionString, schema });
      const dispose = async () => {
        await store.close();
        const client = await new Client({ connectionString }).connect();
        await client.query(`DROP SCHEMA ${schema} CASCADE`);
        await client.end();
      };
      return { store, dispose };
    },
  },
];

const counts = { text: 0, number: 0, boolean: 0, date: 0 };
const columns: Column[] = [
  { name: "name", type: "mixed", counts: { ...counts, text: 4, number: 1 }, missing: 0 },
  { name: `odd "name'; --`, type: "number", counts: { ...counts, number: 4 }, missing: 1 },
  { name: "open", type: "boolean", counts: { ...counts, boolean: 4 }, missing: 1 },
  { name: "day", type: "date", counts: { ...counts, date: 4 }, missing: 1 },
];
const rows: Row[] = [
  ["Ada", 10, true, "2024-03-01"],
  ["ada lovelace", -2.5, false, "2023-12-31"],
  ["Émile", null, true, "2024-01-15"],
  [1776, 1e12, null, null],
  ["100% _wild_ 'quote'", 0, false, "2024-02-29"],
];
const number = `odd "name'; --`;

for (const { name, available, open } of backends) {
  describe.skipIf(!available)(`the data set store on ${name}`, () => {
    let store: DatasetStore;
    let dispose: () => Promise<void>;

    beforeEach(async () => {
      ({ store, dispose } = await open());
      await createPeople(store);
    });
    afterEach(() => dispose());

    async function names(selection: Selection): Promise<unknown[]> {
      const table = await store.select("people", { columns: ["name"], ...selection });
      return table.rows.map((row) => row[0]);
    }

    test("gives back every cell with its own type", async () => {
      const table = await store.select("people");

      expect(table).toEqual({ columns, rows });
    });

    test("lists data sets by id, and finds one or none", async () => {
      await createPeople(store, "a-second");

      expect((await store.list()).map((dataset) => dataset.id)).toEqual(["a-second", "people"]);
      expect(await store.find("people")).toMatchObject({ id: "people", title: "People", columns, rowCount: 5 });
      expect(await store.find("nobody")).toBeUndefined();
    });

    const filters: [string, Filter, unknown[]][] = [
      ["a number with numbers", { column: number, operator: "gt", value: 0 }, ["Ada", 1776]],
      ["at least", { column: number, operator: "gte", value: 0 }, ["Ada", 1776, "100% _wild_ 'quote'"]],
      ["less than", { column: number, operator: "lt", value: 0 }, ["ada lovelace"]],
      ["at most", { column: number, operator: "lte", value: -2.5 }, ["ada lovelace"]],
      ["a fraction exactly", { column: number, operator: "eq", value: -2.5 }, ["ada lovelace"]],
      ["a date by time", { column: "day", operator: "gte", value: "2024-02-01" }, ["Ada", "100% _wild_ 'quote'"]],
      ["a boolean", { column: "open", operator: "eq", value: false }, ["ada lovelace", "100% _wild_ 'quote'"]],
      ["text that is not a number", { column: "name", operator: "eq", value: "1776" }, []],
      ["a number among text", { column: "name", operator: "eq", value: 1776 }, [1776]],
      [
        "what differs, of any type, but not what is missing",
        { column: number, operator: "ne", value: 10 },
        ["ada lovelace", 1776, "100% _wild_ 'quote'"],
      ],
      ["one of several values", { column: "name", operator: "in", value: ["Ada", 1776, "Bob"] }, ["Ada", 1776]],
      ["a part, whatever the case", { column: "name", operator: "contains", value: "ADA" }, ["Ada", "ada lovelace"]],
      [
        "a part with wildcard characters",
        { column: "name", operator: "contains", value: "% _W" },
        ["100% _wild_ 'quote'"],
      ],
      ["a beginning", { column: "name", operator: "starts_with", value: "ada l" }, ["ada lovelace"]],
      ["the case of A to Z only", { column: "name", operator: "contains", value: "émile" }, []],
      ["what is missing", { column: "day", operator: "is_null" }, [1776]],
      [
        "what is there",
        { column: number, operator: "is_not_null" },
        ["Ada", "ada lovelace", 1776, "100% _wild_ 'quote'"],
      ],
    ];
    test.each(filters)("filters by %s", async (_what, filter, expected) => {
      expect(await names({ filters: [filter] })).toEqual(expected);
      expect(await store.count("people", [filter])).toBe(expected.length);
    });

    test("joins filters with and", async () => {
      const both: Filter[] = [
        { column: "open", operator: "eq", value: true },
        { column: number, operator: "is_not_null" },
      ];

      expect(await names({ filters: both })).toEqual(["Ada"]);
    });

    test("sorts numbers before text, and what is missing last in both directions", async () => {
      const ascending = await names({ sort: [{ column: "name" }] });
      const byNumber = await names({ sort: [{ column: number, direction: "descending" }] });

      expect(ascending).toEqual([1776, "100% _wild_ 'quote'", "Ada", "ada lovelace", "Émile"]);
      expect(byNumber).toEqual([1776, "Ada", "100% _wild_ 'quote'", "ada lovelace", "Émile"]);
    });

    test("breaks ties by the next sort key, then by import order", async () => {
      const sorted = await names({ sort: [{ column: "open" }, { column: "day", direction: "descending" }] });

      expect(sorted).toEqual(["100% _wild_ 'quote'", "ada lovelace", "Ada", "Émile", 1776]);
    });

    test("pages without overlap", async () => {
      const first = await names({ limit: 2 });
      const second = await names({ limit: 2, offset: 2 });
      const rest = await names({ offset: 4 });

      expect([...first, ...second, ...rest]).toEqual(rows.map((row) => row[0]));
    });

    test("treats hostile text as text", async () => {
      const hostile = "'; DROP TABLE record; --";
      const matches = await store.count("people", [{ column: "name", operator: "eq", value: hostile }]);

      expect(matches).toBe(0);
      await expect(names({ sort: [{ column: hostile }] })).rejects.toMatchObject({ code: "INVALID" });
      await expect(names({ columns: ["name", hostile] })).rejects.toMatchObject({ code: "INVALID" });
      await expect(store.count("people", [{ column: hostile, operator: "is_null" }])).rejects.toMatchObject({
        code: "INVALID",
      });
      expect(await store.count("people")).toBe(5);
    });

    test("refuses an unknown data set and an id that is taken", async () => {
      await expect(store.select("nobody")).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(createPeople(store)).rejects.toMatchObject({ code: "CONFLICT" });
      expect(await store.count("people")).toBe(5);
    });

    test("leaves nothing of a data set whose import fails midway", async () => {
      const failing = store.create("broken", async (append) => {
        await append(rows);
        throw new Error("The source broke off.");
      });

      await expect(failing).rejects.toThrow("The source broke off.");
      expect(await store.find("broken")).toBeUndefined();
      await createPeople(store, "broken");
      expect(await store.count("broken")).toBe(5);
    });

    test("shows a data set only once it is committed", async () => {
      const appended = Promise.withResolvers<void>();
      const finish = Promise.withResolvers<void>();
      const creating = store.create("later", async (append) => {
        await append(rows);
        appended.resolve();
        await finish.promise;
        return { title: "Later", columns };
      });
      await appended.promise;

      // The one connection of a database in memory makes a reader wait for the commit.
      const during = name === "SQLite in memory" ? undefined : await store.find("later");
      finish.resolve();
      await creating;

      expect(during).toBeUndefined();
      expect(await store.count("later")).toBe(5);
    });

    test("makes one of two imports of the same id", async () => {
      const results = await Promise.allSettled([createPeople(store, "twice"), createPeople(store, "twice")]);

      expect(results.map((result) => result.status).toSorted()).toEqual(["fulfilled", "rejected"]);
      expect(await store.count("twice")).toBe(5);
    });

    test("deletes a data set with its records", async () => {
      expect(await store.delete("people")).toBe(true);
      expect(await store.delete("people")).toBe(false);

      expect(await store.list()).toEqual([]);
      await createPeople(store);
      expect(await store.count("people")).toBe(5);
    });

    test("answers a health check", async () => {
      await expect(store.health()).resolves.toBeUndefined();
    });
  });
}

test("a PostgreSQL that does not answer is an error, not a hang", async () => {
  const closedPort = createPostgresStore({ connectionString: "postgres://postgres@127.0.0.1:1/postgres" });

  await expect(closedPort).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

async function createPeople(store: DatasetStore, id = "people"): Promise<void> {
  await store.create(id, async (append) => {
    await append(rows.slice(0, 2));
    await append(rows.slice(2));
    return { title: "People", columns };
  });
}

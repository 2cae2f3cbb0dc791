import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import type { Check, Suite } from "../suite.ts";
import { cancelImport, importOf, query } from "./calls.ts";
import { createDatabase, type Database } from "./database.ts";
import { decodePng } from "./decode-png.ts";
import { filmFigures } from "./film-figures.ts";
import { recordCount, salesCsv } from "./tables.ts";

/** What the requirements look at besides the client. */
export interface World {
  readonly database: Database;
}

const requirements = {
  "analyzes the films, with the figures of the raw file": async ({ client, expect }) => {
    const expected = filmFigures("US Gross");

    const answer = await client.callTool("process_business_data", { dataset_id: "films", operation: "analyze" });

    const analysis = JSON.parse(answer.text) as Analysis;
    const gross = analysis.summary.find(({ column }) => column === "US Gross");
    const anomalies = analysis.anomalies.find(({ column }) => column === "US Gross");
    const { rowCount, count, missing, minimum, median, maximum, sum, mean, standardDeviation } = expected;
    expect(answer.isError).toBe(false);
    expect(analysis.rowCount).toBe(rowCount);
    expect(gross).toMatchObject({ count, missing, minimum, median, maximum });
    expect((gross?.sum ?? 0) / sum).toBeCloseTo(1, 12);
    expect((gross?.mean ?? 0) / mean).toBeCloseTo(1, 12);
    expect((gross?.standardDeviation ?? 0) / standardDeviation).toBeCloseTo(1, 12);
    expect(anomalies).toMatchObject({ count: expected.anomalies });
    expect(anomalies?.farthest[0]?.value).toBe(maximum);
  },
  "draws a chart of the films": async ({ client, expect }) => {
    const answer = await client.callTool("generate_business_report", {
      dataset_id: "films",
      group_by: [{ column: "Major Genre" }],
      aggregations: [{ function: "avg", column: "US Gross" }],
      output_format: "chart",
    });

    const { width, height, lines } = decodePng(Buffer.from(answer.image ?? "", "base64"));
    expect(answer.isError).toBe(false);
    expect(Math.min(width, height)).toBeGreaterThan(100);
    // Every line is there, and they are not all of one colour.
    expect(lines.length % height).toBe(0);
    expect(new Set(lines).size).toBeGreaterThan(2);
  },
  "imports 50,000 records and hears how far it is": async ({ client, expect }) => {
    const heard: number[] = [];

    const answer = await client.callTool("import_dataset", importOf("sales", salesCsv()), {
      onProgress: (done) => heard.push(done),
    });

    const last = { region: "north", amount: recordCount - 1 };
    expect(JSON.parse(answer.text)).toMatchObject({ datasetId: "sales", rowCount: recordCount });
    expect(await query(client, "sales", recordCount - 1)).toMatchObject({ total: recordCount, records: [last] });
    expect(heard.length).toBeGreaterThan(1);
    expect(heard).toEqual([...new Set(heard)].toSorted((a, b) => a - b));
    expect(heard.at(-1)).toBeLessThanOrEqual(recordCount);
  },
  "stops an import by cancelling the call, and nothing of it remains": async ({ client, database, expect }) => {
    const settled = await cancelImport(client, database, "cancelled");

    expect(settled).toBe("rejected");
    expect(database.countRecords("cancelled")).toBeUndefined();
    expect(await query(client, "cancelled")).toContain("There is no data set");
  },
  "deletes a data set when the user confirms": async ({ client, user, database, expect }) => {
    await client.callTool("import_dataset", importOf("doomed", "a\n1\n"));
    user.answer = { action: "accept", content: { confirm: true } };

    const { text } = await client.callTool("delete_dataset", { dataset_id: "doomed" });

    expect(JSON.parse(text)).toEqual({ datasetId: "doomed", deleted: true });
    expect(database.countRecords("doomed")).toBeUndefined();
  },
  "keeps a data set when the user declines": async ({ client, user, database, expect }) => {
    await client.callTool("import_dataset", importOf("spared", "a\n1\n"));
    user.answer = { action: "decline" };

    const { text } = await client.callTool("delete_dataset", { dataset_id: "spared" });

    expect(JSON.parse(text)).toEqual({ datasetId: "spared", deleted: false });
    expect(database.countRecords("spared")).toBe(1);
  },
  "hears which column a query got wrong": async ({ client, expect }) => {
    const answer = await client.callTool("query_dataset", { dataset_id: "films", columns: ["Gross"] });

    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/^There is no column "Gross"\. The columns are .*"US Gross"/);
  },
  "hears that there is no such data set": async ({ client, expect }) => {
    const answer = await client.callTool("query_dataset", { dataset_id: "movies" });

    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/^There is no data set "movies"\. There are .*"films"/);
  },
} satisfies Record<string, Check<World>>;

/** A requirement's sentence. */
export type Requirement = keyof typeof requirements;

const program = fileURLToPath(new URL("../../../../example-server/src/main.ts", import.meta.url));

/** What every client must be able to do with the example server: a day's work on real data. */
export const exampleServer: Suite<World, Requirement> = {
  server: "the example server",
  requirements,
  alone: ["stops an import by cancelling the call, and nothing of it remains"],
  async prepare(resources) {
    const database = resources.use(await createDatabase());
    // Some clients pass their own environment on to the server, and the one of the tests may name a real PostgreSQL.
    vi.stubEnv("DATABASE_URL", undefined);
    const env = { DATABASE_PATH: database.path, METRICS_PORT: "0" };
    return { program: { args: ["--conditions=@plinth/source", program], env }, world: { database } };
  },
};

/** What the checks read of an analysis. */
interface Analysis {
  readonly rowCount: number;
  readonly summary: readonly {
    readonly column: string;
    readonly sum?: number;
    readonly mean?: number;
    readonly standardDeviation?: number;
  }[];
  readonly anomalies: readonly {
    readonly column: string;
    readonly farthest: readonly { readonly value: number }[];
  }[];
}

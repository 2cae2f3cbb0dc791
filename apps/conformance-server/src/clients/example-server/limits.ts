import type { Variant } from "../client-under-test.ts";
import type { Limit as LimitOf } from "../suite.ts";
import { cancelImport, importOf, query } from "./calls.ts";
import type { Requirement, World } from "./requirements.ts";
import { narrowCsv, recordCount, salesCsv, sparseJson } from "./tables.ts";

/** Something that a client cannot do with the example server. */
type Limit = LimitOf<World, Requirement>;

/** The limit of a client whose calls carry no progress token: it imports all the same. */
export const importsInSilence: Limit = {
  requirement: "imports 50,000 records and hears how far it is",
  reason: "its calls carry no progress token",
  proof: async ({ client, expect }) => {
    const heard: number[] = [];

    await client.callTool("import_dataset", importOf("sales", salesCsv()), { onProgress: (done) => heard.push(done) });

    expect(await query(client, "sales")).toMatchObject({ total: recordCount });
    expect(heard).toEqual([]);
  },
};

/** The limit of a client that takes arguments on its command line alone: 50,000 records, but only in 100 kB. */
export const importsWhatOneArgumentHolds: Limit = {
  requirement: "imports 50,000 records and hears how far it is",
  reason: "its calls carry no progress token, and an argument of a command holds 128 KiB",
  proof: async ({ client, database, expect }) => {
    await expect(client.callTool("import_dataset", importOf("sales", salesCsv()))).rejects.toMatchObject({
      code: "E2BIG",
    });

    await client.callTool("import_dataset", importOf("narrow", narrowCsv()));

    expect(await query(client, "narrow")).toMatchObject({ total: recordCount });
    expect(database.countRecords("sales")).toBeUndefined();
  },
};

/** The limits of a client that cannot show forms: it is told so, and the data stays. */
export const cannotConfirm: readonly Limit[] = (
  ["deletes a data set when the user confirms", "keeps a data set when the user declines"] as const
).map((requirement) => ({
  requirement,
  reason: "it does not declare the elicitation capability",
  proof: async ({ client, database, expect }) => {
    const deletion = client.callTool("delete_dataset", { dataset_id: "stocks" });

    expect((await deletion.then(({ text }) => text).catch(String)).toLowerCase()).toContain("elicitation");
    expect(database.countRecords("stocks")).toBeGreaterThan(0);
  },
}));

/** The limit of a client that forgets a call instead of telling the server to stop: the import goes on, to its end. */
export function abandonsImports(reason: string, applies: (variant: Variant) => boolean): Limit {
  return {
    requirement: "stops an import by cancelling the call, and nothing of it remains",
    applies,
    reason,
    proof: async ({ client, database, expect }) => {
      const settled = await cancelImport(client, database, "abandoned");

      expect(settled).toBe("rejected");
      expect(database.countRecords("abandoned")).toBe((JSON.parse(sparseJson()) as unknown[]).length);
    },
  };
}

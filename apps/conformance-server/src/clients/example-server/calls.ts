import type { ClientUnderTest, ToolArguments } from "../client-under-test.ts";
import type { Database } from "./database.ts";
import { sparseJson } from "./tables.ts";

/** The arguments of `import_dataset` for CSV. */
export function importOf(datasetId: string, content: string): ToolArguments {
  return { dataset_id: datasetId, format: "csv", content };
}

/** What `query_dataset` answers with one record from `offset` on: its structure, or the text of its error. */
export async function query(client: ClientUnderTest, datasetId: string, offset = 0): Promise<unknown> {
  const { text, isError } = await client.callTool("query_dataset", { dataset_id: datasetId, limit: 1, offset });
  return isError ? text : (JSON.parse(text) as unknown);
}

/** Cancels an import in the middle, and waits until the server has dealt with it, one way or the other. */
export async function cancelImport(
  client: ClientUnderTest,
  database: Database,
  datasetId: string,
): Promise<"answered" | "rejected"> {
  const cancellation = new AbortController();
  const settled = client
    .callTool("import_dataset", { dataset_id: datasetId, format: "json", content: sparseJson() }, cancellation)
    .then(() => "answered" as const)
    .catch(() => "rejected" as const);
  await database.isWriting();

  cancellation.abort();

  await database.isIdle();
  return settled;
}

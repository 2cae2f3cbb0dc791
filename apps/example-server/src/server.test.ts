import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTestClient, runMatrix } from "@plinth/testing";
import { expect, test } from "vitest";
import { createTemporaryFolder } from "./testing/temporary-folder.ts";
import { createTestServer } from "./testing/test-server.ts";
import { deleteDataset } from "./tools/delete-dataset.ts";
import { generateBusinessReport } from "./tools/generate-business-report.ts";
import { queryDataset } from "./tools/query-dataset.ts";

runMatrix("the example server", ({ connect }) => {
  test("lists its tools, resources, templates and prompt", async () => {
    await using server = await createTestServer();
    await using client = await connect(server);

    const { resources } = await client.sdk.listResources();
    const { resourceTemplates } = await client.sdk.listResourceTemplates();
    const { prompts } = await client.sdk.listPrompts();

    expect(await client.toolNames()).toEqual([
      "list_datasets",
      "query_dataset",
      "process_business_data",
      "generate_business_report",
      "validate_data_quality",
      "import_dataset",
      "delete_dataset",
      "fetch_page",
      "list_files",
      "read_file",
      "write_file",
      "search_files",
      "run_code",
    ]);
    expect(resources.map(({ uri }) => uri)).toContain("business://datasets/films");
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      "business://datasets/{datasetId}",
      "config://server/{component}",
    ]);
    expect(prompts.map(({ name }) => name)).toEqual(["business_analysis_prompt"]);
  });

  test("imports with progress, reports, and deletes once the user confirms", async () => {
    await using server = await createTestServer();
    await using client = await connect(server, { answers: { elicit: [{ confirm: true }] } });
    const content = `shop,sold\n${Array.from({ length: 3_000 }, (_, index) => `s${index % 3},${index}`).join("\n")}`;

    const imported = await client.callTool("import_dataset", { dataset_id: "shops", format: "csv", content });
    const report = await client.callTool(generateBusinessReport, {
      dataset_id: "shops",
      group_by: [{ column: "shop" }],
      aggregations: [{ function: "sum", column: "sold" }],
      output_format: "csv",
    });
    const deleted = await client.callTool(deleteDataset, { dataset_id: "shops" });
    const gone = await client.callTool(queryDataset, { dataset_id: "shops" });

    expect(imported.progress.at(-1)).toMatchObject({ progress: 3_000 });
    expect(report.text).toBe("shop,sum of sold\r\ns0,1498500\r\ns1,1499500\r\ns2,1500500\r\n");
    expect(deleted.structured).toEqual({ datasetId: "shops", deleted: true });
    expect(gone).toMatchObject({ isError: true, text: expect.stringContaining('no data set "shops"') });
  });

  test("refuses to reach what it must not, in the same words everywhere", async () => {
    await using folder = await createTemporaryFolder();
    await writeFile(join(folder.path, "secret.txt"), "top secret");
    const root = join(folder.path, "workspace");
    await using server = await createTestServer({ files: { root, guarantee: "best-effort" } });
    await using client = await connect(server);

    const page = await client.callTool("fetch_page", { url: "http://169.254.169.254/latest/meta-data/" });
    const file = await client.callTool("read_file", { path: "../secret.txt" });
    const written = await client.callTool("write_file", { path: "notes.txt", content: "Mine" });

    expect(page.text).toBe("The host of the URL cannot be reached from here, or is not allowed.");
    expect(file.text).toBe('"../secret.txt" leads out of the root.');
    expect([page, file, written].map(({ isError }) => isError)).toEqual([true, true, false]);
    expect(await readdir(root)).toEqual(["notes.txt"]);
  });

  test("answers a failure of its own without its text", async () => {
    await using server = await createTestServer();
    await using client = await connect(server);
    await client.callTool("list_datasets");
    await server.services.store.close();

    const answer = await client.callTool("list_datasets");

    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/^Internal error\. Quote request id \S+ when you report it\.$/);
  });

  test("refuses what needs the store while it is down, and serves the rest", async () => {
    await using server = await createTestServer();
    await server.start();
    await server.services.store.close();
    await using client = await connect(server);

    const answer = await client.callTool("list_datasets");
    const other = await client.readResource("config://server/http");

    expect(answer).toMatchObject({
      isError: true,
      text: expect.stringMatching(/^The service "store" is not available/),
    });
    expect(other.text).toContain("/mcp");
  });
});

test("a workspace that may only be read has no write_file", async () => {
  await using server = await createTestServer({ files: { mode: "read-only" } });
  await using client = await createTestClient(server);

  const names = await client.toolNames();

  expect(names).toContain("read_file");
  expect(names).not.toContain("write_file");
});

test("without a workspace the rest works, and the file tools say so without its path", async () => {
  await using folder = await createTemporaryFolder();
  await writeFile(join(folder.path, "occupied"), "");
  await using server = await createTestServer({ files: { root: join(folder.path, "occupied", "workspace") } });
  await using client = await createTestClient(server);

  const answer = await client.callTool("read_file", { path: "a.txt" });
  const other = await client.callTool("list_datasets");

  expect(answer).toMatchObject({ isError: true, text: "The workspace of this server cannot be opened at the moment." });
  expect(other.isError).toBe(false);
});

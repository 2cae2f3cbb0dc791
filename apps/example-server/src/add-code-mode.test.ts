import { createTestClient } from "@plinth/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addCodeMode } from "./add-code-mode.ts";
import { createTestServer } from "./testing/test-server.ts";

const server = await createTestServer({ code: { mode: true, isolation: "process" } });
beforeAll(() => addCodeMode(server));
afterAll(() => server.close());

/** The executor starts the next sandbox while a test ends; that is no leak. */
const beside = { leakCheck: false };

test("code mode puts its run_code in the place of the plain one, and adds two tools", async () => {
  await using client = await createTestClient(server, beside);

  const { tools } = await client.sdk.listTools();

  expect(tools.filter(({ name }) => name === "run_code").map(({ title }) => title)).toEqual([
    "Run a program over tools",
  ]);
  expect(tools.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["search_tools", "get_tool_schema", "list_datasets", "fetch_page"]),
  );
});

test("a program reaches the tools that destroy nothing", async () => {
  await using client = await createTestClient(server, beside);

  const { structured } = await client.callTool("run_code", {
    code: `const { datasets } = await tools.list_datasets({});
      const totals = await Promise.all(datasets.map(({ id }) => tools.query_dataset({ dataset_id: id, limit: 1 })));
      return totals.map(({ total }) => total);`,
  });

  expect(structured).toEqual({ value: [3_201, 123, 560], calls: 4 });
});

test.each([
  ["await tools.delete_dataset({ dataset_id: 'films' })", "not given tools.delete_dataset"],
  ["await tools.write_file({ path: 'a.txt', content: 'x' })", "not given tools.write_file"],
  ["await tools.run_code({ code: 'return 1' })", "not given tools.run_code"],
  ["await tools.fetch_page({ url: 'http://169.254.169.254/' })", "cannot be reached from here, or is not allowed"],
  ["return await fetch('http://169.254.169.254/')", "not given fetch"],
])("a program cannot: %s", async (code, expected) => {
  await using client = await createTestClient(server, beside);

  const answer = await client.callTool("run_code", { code });

  expect(answer).toMatchObject({ isError: true, text: expect.stringContaining(expected) });
});

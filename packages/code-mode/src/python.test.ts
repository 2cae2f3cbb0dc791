import { createCodeExecutor } from "@plinth/code-executor";
import { defineTool } from "@plinth/core";
import { afterAll, describe, expect, it } from "vitest";
import { connect } from "./fixtures/connect.ts";

const executor = createCodeExecutor();
afterAll(() => executor.close());

// Python runs in the strong tier only, which is not everywhere; where it has to be, it is not skipped.
const isThere = executor.isolation !== "process" || process.env["PLINTH_REQUIRE_BUBBLEWRAP"] === "1";

describe.skipIf(!isThere)("a program in Python", () => {
  it("calls tools, by any name, and answers with its last expression", async () => {
    const add = defineTool({
      name: "math/add",
      input: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } },
      handler: ({ a, b }) => ({ sum: Number(a) + Number(b) }),
    });
    const hello = defineTool({ name: "hello", handler: () => "Hello" });
    await using client = await connect([add, hello], { executor, languages: ["javascript", "python"] });

    const answer = await client.callTool("run_code", {
      language: "python",
      code: 'added = await tools["math/add"](a=40, b=2)\n[added["sum"], await tools.hello()]',
    });

    expect(answer.structured).toStrictEqual({ value: [42, "Hello"], calls: 2 });
  });
});

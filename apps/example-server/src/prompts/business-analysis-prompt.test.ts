import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { createTestServer } from "../testing/test-server.ts";

const ref = { type: "ref/prompt", name: "business_analysis_prompt" } as const;

test("business_analysis_prompt names the domain, the metrics, the context and the data sets", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const { text } = await client.getPrompt("business_analysis_prompt", {
    domain: "films",
    metrics: "US Gross, IMDB Rating",
    context: "For the board.",
  });

  expect(text).toContain("Analyze films with regard to US Gross, IMDB Rating.\nContext: For the board.\n");
  expect(text).toContain("- sp500: S&P 500, monthly (123 records)");
});

test("business_analysis_prompt completes domains, and the metrics of the domain that was chosen", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const domains = await client.sdk.complete({ ref, argument: { name: "domain", value: "f" } });
  const metrics = await client.sdk.complete({
    ref,
    argument: { name: "metrics", value: "imdb" },
    context: { arguments: { domain: "films" } },
  });

  expect(domains.completion.values).toEqual(["films"]);
  expect(metrics.completion.values).toEqual(["IMDB Rating", "IMDB Votes"]);
});

import { resolve } from "node:path";
import { createServer, type Logger, type PlinthServer, stderrLogger } from "@plinth/core";
import { appFolder } from "./app-folder.ts";
import type { ExampleConfig } from "./config.ts";
import { exposeDataErrors } from "./expose-data-errors.ts";
import { businessAnalysisPrompt } from "./prompts/business-analysis-prompt.ts";
import { configResource } from "./resources/config-resource.ts";
import { datasetResource } from "./resources/dataset-resource.ts";
import type { Services } from "./services.ts";
import { storeService } from "./store-service.ts";
import { deleteDataset } from "./tools/delete-dataset.ts";
import { generateBusinessReport } from "./tools/generate-business-report.ts";
import { importDataset } from "./tools/import-dataset.ts";
import { listDatasets } from "./tools/list-datasets.ts";
import { processBusinessData } from "./tools/process-business-data.ts";
import { queryDataset } from "./tools/query-dataset.ts";
import { validateDataQuality } from "./tools/validate-data-quality.ts";

/** Options for {@link createExampleServer}. */
export interface ExampleServerOptions {
  config: ExampleConfig;
  /** @default JSON lines on stderr, at the level of the settings */
  log?: Logger;
}

/** Makes the business-analytics server. It opens no port and no file before it is started. */
export function createExampleServer({ config, log }: ExampleServerOptions): PlinthServer<Services> {
  const { url, path } = config.database;
  const server = createServer({
    name: "example-server",
    title: "Business analytics",
    version: "0.1.0",
    instructions:
      "Analyzes tables of business data. Begin with list_datasets to learn the data sets and their columns.",
    log: log ?? stderrLogger({ level: config.log.level }),
    services: {
      store: storeService({
        databaseUrl: url?.reveal(),
        sqlitePath: path === ":memory:" ? path : resolve(appFolder, path),
      }),
    },
    components: [
      listDatasets,
      queryDataset,
      processBusinessData,
      generateBusinessReport,
      validateDataQuality,
      importDataset(config.imports),
      deleteDataset,
      datasetResource,
      configResource(config),
      businessAnalysisPrompt,
    ],
  });

  return server.use(exposeDataErrors);
}

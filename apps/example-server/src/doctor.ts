import { loadConfig } from "@plinth/config";
import { runDoctor } from "@plinth/platform";
import { addCodeMode } from "./add-code-mode.ts";
import { appFolder } from "./app-folder.ts";
import { exampleConfig } from "./config.ts";
import { createExampleServer } from "./server.ts";

// Examines what the server offers with the settings of this folder. It is not started: no database, no port.
const config = loadConfig(exampleConfig, { cwd: appFolder });
const server = await createExampleServer({ config });
if (config.code.mode) await addCodeMode(server);

process.exitCode = await runDoctor(server, process.argv.slice(2), {
  ignore: [
    {
      rule: "mode-switch",
      component: "process_business_data",
      reason: "Its operations share a selection, and none of them changes what is there",
    },
    {
      rule: "unbounded-results",
      component: "list_datasets",
      reason: "Data sets are imported one by one, so there are few",
    },
    {
      rule: "destructive-unconfirmed",
      component: "write_file",
      reason: "It replaces only a version that its caller has read, by the etag",
    },
    { rule: "no-output-schema", reason: "The shape follows from what was asked for: an operation, or a format" },
    {
      rule: "unbounded-input",
      reason: "Messages are limited as a whole (HTTP_BODY_LIMIT), and names are looked up",
    },
    {
      rule: "client-keywords",
      reason: "A cell is a text, a number or true/false, and there is no simpler way to say so",
    },
  ],
});

import { createServer, type PlinthServer, type ServerOptions } from "@plinth/core";
import { prompts } from "./prompts.ts";
import { resources } from "./resources.ts";
import { contentTools } from "./tools/content.ts";
import { inputRequiredTools } from "./tools/input-required.ts";
import { notificationTools } from "./tools/notifications.ts";
import { questionTools } from "./tools/questions.ts";
import { schemaTools } from "./tools/schemas.ts";

/** Makes a server with every fixture that the official conformance suite asks for. */
export function createConformanceServer(options: Pick<ServerOptions, "log"> = {}): PlinthServer {
  return createServer({
    ...options,
    name: "conformance-server",
    version: "0.1.0",
    components: [
      ...contentTools,
      ...schemaTools,
      ...questionTools,
      ...inputRequiredTools,
      ...notificationTools,
      ...resources,
      ...prompts,
    ],
  });
}

import { parseArgs } from "node:util";
import type { LaneName } from "@plinth/core";
import { createConformanceServer } from "./server.ts";

const { values } = parseArgs({ options: { lane: { type: "string", default: "direct" } } });
// What is no lane is refused by the server.
const lane = values.lane as LaneName;
await createConformanceServer().run({ http: { lane }, stdio: { lane } });

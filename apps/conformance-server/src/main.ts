import { createConformanceServer } from "./server.ts";

await createConformanceServer().run();

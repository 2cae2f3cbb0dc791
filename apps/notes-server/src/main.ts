import { createLogger } from "@plinth/observability";
import { createNotesServer } from "./server.ts";

// HTTP where a port is given, else stdio, where stdout belongs to the protocol.
const overHttp = (process.env["PORT"] ?? "") !== "";
const log = createLogger({ destination: overHttp ? "stdout" : "stderr" });
const { server, metrics } = createNotesServer(log);
if (overHttp) await metrics.listen({ port: Number(process.env["METRICS_PORT"] ?? 9464) });
await server.run();

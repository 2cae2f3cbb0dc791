import type { AnyPlinthServer } from "@plinth/core";
import { createAuditLog, fileAuditSink, type AuditLog } from "@plinth/middleware";
import { processFile } from "./process-file.ts";
import type { ProductionConfig } from "./production-config.ts";

/** The audit log that the settings ask for; written out and closed with the server. */
export function auditFile({ audit }: ProductionConfig, server: AnyPlinthServer): AuditLog | undefined {
  if (audit.file === undefined) return undefined;
  const log = createAuditLog({
    sink: fileAuditSink({ path: processFile(audit.file), maxBytes: audit.fileSize }),
    ...(audit.key !== undefined && { key: audit.key.reveal() }),
    onSink(state, error) {
      server.events.publish({ part: "audit", action: state === "failed" ? "sink-failed" : "sink-recovered" });
      if (state === "failed") server.log.error("Audit records cannot be written", { error });
      else server.log.info("Audit records are written again");
    },
  });
  server.onClose(() => log.close());
  return log;
}

import type { AnyPlinthServer } from "@plinth/core";
import { createAuditLog, fileAuditSink, type AuditLog } from "@plinth/middleware";
import { processFile } from "./process-file.ts";
import type { ProductionConfig } from "./production-config.ts";

/** The audit log that the settings ask for; written out and closed with the server. */
export function auditFile({ audit }: ProductionConfig, server: AnyPlinthServer): AuditLog | undefined {
  if (audit.file === undefined) return undefined;
  const sink = fileAuditSink({ path: processFile(audit.file), maxBytes: audit.fileSize });
  let isOpened = false;
  const log = createAuditLog({
    sink: {
      ...sink,
      open() {
        isOpened = true;
        return sink.open();
      },
    },
    ...(audit.key !== undefined && { key: audit.key.reveal() }),
    onSink(state, error) {
      server.events.publish({ part: "audit", action: state === "failed" ? "sink-failed" : "sink-recovered" });
      if (state === "failed") server.log.error("Audit records cannot be written", { error });
      else server.log.info("Audit records are written again");
    },
  });
  // The primary of several workers records nothing, and must not leave a file that says so.
  server.onClose(() => (isOpened ? log.close() : undefined));
  return log;
}

import { isWorkerProcess } from "@plinth/core";

/**
 * The file of this process: one process writes a log, so each worker has its own, with its process id in the name before
 * the extension.
 */
export function processFile(path: string): string {
  if (!isWorkerProcess()) return path;
  const [, stem = path, extension = ""] = /^(.*?)(\.[^./\\]*)?$/.exec(path) ?? [];
  return `${stem}.${process.pid}${extension}`;
}

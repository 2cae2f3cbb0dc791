export { type EntryKind, type Guarantee } from "./directories/place.ts";
export { type FileErrorCode, fileErrorCodes, type RefusalReason } from "./errors/error-codes.ts";
export { FileError, type FileErrorOptions } from "./errors/file-error.ts";
export type { FileEvent, FileOperation } from "./file-event.ts";
export type {
  AppendOptions,
  FileRoot,
  ListOptions,
  MakeDirectoryOptions,
  OperationOptions,
  PlaceOptions,
  RemoveFileOptions,
  SearchOptions,
  StreamOptions,
  SubrootOptions,
  WriteOptions,
} from "./file-root.ts";
export type { Usage } from "./limits/quota.ts";
export type { RootLimits, RootQuota } from "./limits/root-limits.ts";
export { openRoot, type OpenRootOptions } from "./open-root.ts";
export type { SearchBudget, SearchMatch } from "./operations/search.ts";
export type { FileInfo } from "./operations/stat.ts";
export type { ByteRange } from "./operations/stream.ts";
export type { FileEntry } from "./operations/walk.ts";
export type { RootMode } from "./root-context.ts";
export type { LineMatch } from "./searching/line-finder.ts";
export type { TextQueryOptions } from "./searching/text-query.ts";
export type { FileContent } from "./writing/file-content.ts";

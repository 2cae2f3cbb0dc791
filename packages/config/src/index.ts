export { checkDescribed, writeDescribed, type DescribedFiles } from "./check-described.ts";
export {
  boolean,
  host,
  integer,
  json,
  list,
  number,
  oneOf,
  port,
  url,
  type NumberLimits,
  type UrlOptions,
} from "./coerce.ts";
export {
  defineConfig,
  type Config,
  type ConfigDefinition,
  type ConfigGroups,
  type ConfigOf,
  type DeepReadonly,
  type DefineConfigOptions,
  type GroupDefinition,
  type SettingDefinition,
} from "./define-config.ts";
export { describe, type ConfigDescription } from "./describe.ts";
export {
  loadConfig,
  sourceOf,
  type ConfigOverrides,
  type LoadConfigOptions,
  type PartialInput,
} from "./load-config.ts";
export {
  platformConfig,
  type LogFormat,
  type LogLevel,
  type PlatformConfig,
  type PlatformGroups,
  type TransportName,
} from "./platform-config.ts";
export { ConfigError, printable, type ConfigProblem } from "./config-error.ts";
export { duration, formatDuration, formatSize, size, type QuantityLimits } from "./quantity.ts";
export { Secret, secret, type SecretSchema } from "./secret.ts";
export { setting, type SettingDetails } from "./setting.ts";
export type { SettingSource, SourceOptions } from "./sources.ts";

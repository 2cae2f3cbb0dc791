export { createRedactor, type Redactor, type RedactorOptions } from "./create-redactor.ts";
export { findSecrets, type FoundSecret } from "./find-secrets.ts";
export { PlainCopy } from "./plain-copy.ts";
export { copyRules, type CopyRules, type CopyRulesOptions } from "./copy-rules.ts";
export { isSecretName } from "./secret-name.ts";
export type { SecretKind } from "./secret-patterns.ts";
export { redacted, withoutSecrets } from "./secret-text.ts";

import { isSecretName } from "./secret-name.ts";
import { withoutSecrets } from "./secret-text.ts";

/** How a `PlainCopy` is made. Many share one: see {@link copyRules}. */
export interface CopyRules {
  readonly isSecretName: (name: string) => boolean;
  /** The same for a name that may be shown as it is; undefined for one that is long, or has a secret in itself. */
  readonly isSecretPlainName: (name: string) => boolean | undefined;
  readonly withoutSecrets: (text: string) => string;
  readonly errorMembers?: (error: object) => readonly string[];
  readonly maxDepth: number;
  readonly maxValues: number;
  readonly maxTextLength: number;
  readonly maxCharacters: number;
}

/** Options for {@link copyRules}. */
export interface CopyRulesOptions {
  /** Whether values under a name are secrets. @default `isSecretName` */
  readonly isSecretName?: (name: string) => boolean;
  /** Cleans one text. @default `withoutSecrets` */
  readonly withoutSecrets?: (text: string) => string;
  /**
   * The members that are shown of an error, and of what is its cause. **Security:** HTTP clients hang their request, with its
   * credentials, on the errors they throw. @default name, message, stack, cause, errors, and all of its own
   */
  readonly errorMembers?: (error: object) => readonly string[];
  /** Levels of objects and lists that are shown. @default 8 */
  readonly maxDepth?: number;
  /** Values that are shown in all. @default 1_000 */
  readonly maxValues?: number;
  /** Characters of one text that are shown. @default 2_000 */
  readonly maxTextLength?: number;
  /** Characters of all texts together; each costs time, and a client may send many. @default 40_000 */
  readonly maxCharacters?: number;
}

/** Names that were looked at, because programs show the same ones over and over. Names can come from clients, so there is no end of them. */
const maxKnown = 1_000;
/** Characters of a name that is kept. */
const longestKnown = 40;

/** Makes the rules that copies share, for as long as the program copies: they remember the names they met. */
export function copyRules(options: CopyRulesOptions): CopyRules {
  const rules = {
    isSecretName,
    withoutSecrets,
    maxDepth: 8,
    maxValues: 1_000,
    maxTextLength: 2_000,
    maxCharacters: 40_000,
    ...options,
  };
  const names = new Map<string, boolean>();

  function isSecretPlainName(name: string): boolean | undefined {
    const before = names.get(name);
    if (before !== undefined) return before;
    if (name.length > longestKnown || rules.withoutSecrets(name) !== name) return undefined;
    const isSecret = rules.isSecretName(name);
    if (names.size >= maxKnown) names.clear();
    names.set(name, isSecret);
    return isSecret;
  }

  return { ...rules, isSecretPlainName };
}

import { findSecrets, type FoundSecret } from "@plinth/redaction";

/** A secret that a report tells of. */
export interface ReportedSecret extends FoundSecret {
  /** Characters at its beginning that may be shown: they say whose key it is, and none of a password. */
  readonly shown: number;
}

/** What stands where a secret would be in an example. */
const placeholder =
  /example|sample|placeholder|changeme|change-me|redacted|dummy|your|xxx|\*\*\*|\.\.\.|[<>{}]|^(?:user|pass|passwd|password|pw|pwd|secret|token|key)\d*$/i;

/** The first secret in a text; what is plainly a placeholder is none. */
export function findSecret(text: string): ReportedSecret | undefined {
  return reportedSecrets(text).at(0);
}

/** The text with the middle of every secret left out. */
export function maskSecrets(text: string): string {
  let masked = "";
  let done = 0;
  for (const { start, end, shown } of reportedSecrets(text)) {
    if (start >= done) masked += `${text.slice(done, start + shown)}[secret]`;
    done = Math.max(done, end);
  }
  return masked + text.slice(done);
}

function reportedSecrets(text: string): readonly ReportedSecret[] {
  return findSecrets(text)
    .filter((found) => !isPlaceholder(found, text.slice(found.start, found.end)))
    .map((found) => ({ ...found, shown: found.kind === "a password in a URL" ? 0 : 4 }));
}

function isPlaceholder({ kind }: FoundSecret, secret: string): boolean {
  if (kind === "a private key") return false;
  if (kind === "a password in a URL") {
    // A user alone, as in ssh://git@host, opens nothing.
    const [, password = ""] = /^[^:]*:(.*)$/s.exec(secret) ?? [];
    return password.length < 3 || placeholder.test(password);
  }
  // Tokens are random: one of few different characters is there to show the shape.
  return placeholder.test(secret) || new Set(secret).size < 10;
}

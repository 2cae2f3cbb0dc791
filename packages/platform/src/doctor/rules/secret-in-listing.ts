import { findSecret } from "../mask-secrets.ts";
import type { Rule } from "../rule.ts";
import { showText } from "../show-text.ts";
import { trailText } from "../trail.ts";

export const secretInListing: Rule = {
  id: "secret-in-listing",
  severity: "error",
  finds: "a secret in what every client is sent: descriptions, defaults, examples, meta, names",
  why:
    "Lists go to every client, every model and every log on the way. Known are the prefixes of AWS, GitHub, GitLab, Slack, OpenAI, " +
    "Anthropic, Stripe, Google and npm, JSON Web Tokens, private keys, and passwords in URLs; placeholders are left alone.",
  remedy:
    "Take it out, and revoke it: it was sent. Secrets belong in the configuration, and reach the handler through a service.",
  *check({ components }) {
    for (const component of components) {
      for (const { text, trail } of component.texts) {
        const found = findSecret(text);
        if (found === undefined) continue;
        const { kind, start } = found;
        const shown = `${text.slice(Math.max(0, start - 10), start + found.shown)}[secret]`;
        yield { component, message: `${showText(trailText(trail), 200)} has ${kind}: ${showText(shown)}.` };
      }
    }
  },
};

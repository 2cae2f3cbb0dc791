import type { ExaminedParameter } from "../examine.ts";
import type { Rule } from "../rule.ts";
import { showList } from "../show-text.ts";
import { wordsOf } from "../words.ts";

/** The end of a name says what it is: `user_password` is one, `password_length` and `secret_name` are none. */
const endings =
  /(?:^| )(?:password|passwd|passphrase|client secret|api key|apikey|secret key|private key|access token|auth token|bearer token|refresh token|api token|session token|credit card|card number|credit card number|cvv|cvc|ssn|social security number|credentials|secret)$/;

const notText = new Set(["boolean", "number", "integer"]);

export const asksForSecret: Rule = {
  id: "asks-for-secret",
  severity: "warning",
  finds: "a parameter that asks for a password, a key, a token or a card number",
  why:
    "Arguments are written by the model: it sees the secret, and so do the conversation, the client's log and whoever it is shared " +
    "with. The forms of elicitation must not ask for secrets either, says MCP; they stand in handlers and cannot be seen from here.",
  remedy:
    "Take the secret from the caller's token or from configuration, or send the user to a page: context.elicit({ message, url }).",
  sources: ["MCP 2025-11-25, client/elicitation: servers must not request sensitive information in form mode"],
  *check({ components, tools }) {
    for (const component of [...tools, ...components.filter(({ kind }) => kind === "prompt")]) {
      const secrets = component.parameters.filter(isSecret).map(({ name }) => name);
      if (secrets.length === 0) continue;
      yield { component, message: `It asks for ${showList(secrets)}.` };
    }
  },
};

function isSecret({ name, schema, description = "" }: ExaminedParameter): boolean {
  if (notText.has(String(schema["type"])) || "enum" in schema || "const" in schema) return false;
  const words = wordsOf(name).join(" ");
  if (words === "token") return /\b(?:auth|api|bearer|access|credential|secret)/i.test(description.slice(0, 500));
  return endings.test(words);
}

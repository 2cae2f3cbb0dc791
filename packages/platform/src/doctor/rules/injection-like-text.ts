import type { Rule } from "../rule.ts";
import { showText } from "../show-text.ts";
import { trailText } from "../trail.ts";

/** Phrases of known tool poisoning. Each is bounded, so that it takes time in proportion to the text. */
const phrases: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override)\s{1,5}(?:all\s{1,5})?(?:of\s{1,5})?(?:the\s{1,5}|your\s{1,5}|any\s{1,5})?(?:previous|prior|above|earlier|preceding|system)\s{1,5}(?:instruction|prompt|rule|message|direction)/i,
  /\b(?:do not|don't|never)\s{1,5}(?:tell\s{1,5}(?:the|your)\s{1,5}(?:user|human)\b|(?:mention|reveal|show)\b[^.\n]{0,40}\bto\s{1,5}(?:the|your)\s{1,5}(?:user|human)\b)/i,
  /\bwithout\s{1,5}(?:telling|informing|asking|notifying)\s{1,5}the\s{1,5}user\b/i,
  /<\/?(?:important|system|instructions?|secret|hidden|admin)>/i,
  /<\|(?:im_start|im_end|system|endoftext)\|>|\[\/?INST\]/,
  /\bbefore\s{1,5}(?:using|calling|invoking)\s{1,5}(?:this|any|the)[^.\n]{0,40},?\s{1,5}(?:first\s{1,5})?(?:you\s{1,5}(?:must|should)\s{1,5})?(?:read|send|open|cat|include|forward)\b[^.\n]{0,60}(?:~\/|\.ssh|\.env|id_rsa|mcp\.json|credential|password)/i,
  /\b(?:read|cat|open|send|include|pass|upload)\s[^.\n]{0,40}(?:~|\$HOME)\/\.(?:ssh|aws|cursor|config\/gh|kube|npmrc|netrc)\b/,
  /\b(?:you are now|from now on,? you (?:are|must|will))\b/i,
];

export const injectionLikeText: Rule = {
  id: "injection-like-text",
  severity: "warning",
  finds: "text in a listing that speaks to the model like an attack does",
  why:
    "Scanners of clients block such servers, and models obey. The phrases are those of published attacks (orders to ignore other " +
    "instructions, to hide something from the user, to read keys; tags of prompt formats), so a clever attack is not found.",
  remedy: "Say what the tool does, not what the model must do. If the text came from somewhere else, do not list it.",
  sources: ["Invariant Labs, tool poisoning attacks on MCP (April 2025)", "OWASP MCP Top 10, MCP03 tool poisoning"],
  *check({ components }) {
    for (const component of components) {
      for (const { text, trail } of component.texts) {
        const found = phrases.map((phrase) => phrase.exec(text)).find((match) => match !== null);
        if (!found) continue;
        yield { component, message: `${showText(trailText(trail), 200)} says ${showText(found[0])}.` };
      }
    }
  },
};

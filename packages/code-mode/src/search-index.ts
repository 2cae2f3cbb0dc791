import { createHash } from "node:crypto";
import MiniSearch from "minisearch";
import { isObject, listOf, membersOf } from "./declarations/schema-object.ts";
import type { ListedTool } from "./listed-tool.ts";

/** Finds tools in one list. */
export interface SearchIndex {
  /** Names, the best match first. */
  find(query: string): readonly string[];
}

/** What is searched of a tool. */
interface ToolDocument {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: string;
}

/** Indexes that are kept. Principals who see the same tools share one. */
const mostKept = 16;

/** Words of a query that count; more do not describe a tool. */
const mostWords = 32;

/**
 * Makes indexes and keeps the last few. They are kept by a digest of everything that is in them, so that a caller can
 * only ever get one of exactly the tools that he sees himself.
 */
export function createSearchIndexes(): (tools: readonly ListedTool[]) => SearchIndex {
  const kept = new Map<string, SearchIndex>();
  return (tools) => {
    const documents = tools.map(toDocument);
    const digest = createHash("sha256").update(JSON.stringify(documents)).digest("base64");
    const index = kept.get(digest) ?? createSearchIndex(documents);
    kept.delete(digest);
    kept.set(digest, index);
    for (const [oldest] of kept) {
      if (kept.size <= mostKept) break;
      kept.delete(oldest);
    }
    return index;
  };
}

/** Ranks by BM25 over the words of names, titles, descriptions and parameters, forgiving typing errors and endings. */
function createSearchIndex(documents: readonly ToolDocument[]): SearchIndex {
  const index = new MiniSearch<ToolDocument>({
    idField: "name",
    fields: ["name", "title", "description", "parameters"],
    tokenize: toWords,
    processTerm: (word) => word,
    searchOptions: {
      boost: { name: 4, title: 2, parameters: 0.5 },
      prefix: (word) => word.length >= 3,
      fuzzy: (word) => (word.length >= 5 ? 0.2 : false),
    },
  });
  index.addAll(documents);
  return {
    find: (query) => {
      const words = [...new Set(toWords(query))].slice(0, mostWords);
      return index.search(words.join(" ")).map(({ id }) => id as string);
    },
  };
}

/** Words in lower case: `getHTTPStatus_v2` is get, http, status and v2. */
function toWords(text: string): string[] {
  const parted = text
    .normalize("NFKC")
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2");
  return parted.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

function toDocument({ name, title = "", description = "", inputSchema }: ListedTool): ToolDocument {
  return {
    name,
    title,
    description: description.slice(0, 10_000),
    parameters: parameterWords(inputSchema, 0).join(" "),
  };
}

/** Names and descriptions of parameters, those inside objects and lists as well. */
function parameterWords(schema: unknown, depth: number): string[] {
  if (!isObject(schema) || depth > 4) return [];
  const own = membersOf(schema["properties"])
    .slice(0, 100)
    .flatMap(([name, property]) => [
      name,
      ...(isObject(property) && typeof property["description"] === "string"
        ? [property["description"].slice(0, 500)]
        : []),
      ...parameterWords(property, depth + 1),
    ]);
  const forms = ["anyOf", "oneOf", "allOf"].flatMap((keyword) => listOf(schema[keyword]).slice(0, 20));
  return [...own, ...[schema["items"], ...forms].flatMap((member) => parameterWords(member, depth + 1))];
}

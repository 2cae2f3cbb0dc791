import type { Operation } from "../pipeline/operation.ts";
import { callTool } from "./call-tool.ts";
import { complete } from "./complete.ts";
import { discover, type DiscoverOptions } from "./discover.ts";
import { getPrompt } from "./get-prompt.ts";
import { lists } from "./lists.ts";
import { readResource } from "./read-resource.ts";

/** The specification's operations, by method. Extension methods join the same map. */
export function standardOperations(options: DiscoverOptions): Map<string, Operation> {
  const operations = [callTool, getPrompt, readResource, complete, discover(options), ...lists];
  return new Map(operations.map((operation) => [operation.method, operation]));
}

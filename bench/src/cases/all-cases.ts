import { callCases, listCases, middlewareCases, progressCases, resultCases, schemaCases } from "./call-cases.ts";
import type { BenchCase } from "./case.ts";
import { coldStartCases } from "./cold-start-cases.ts";
import { idleStreamsCase } from "./idle-streams-case.ts";
import { inMemoryCase } from "./in-memory-case.ts";
import { memoryCase } from "./memory-case.ts";
import { partCases } from "./part-cases.ts";
import { productionCase } from "./production-case.ts";
import { stdioCases } from "./stdio-cases.ts";

/** Every case, in the order of the results. */
export const allCases: readonly BenchCase[] = [
  ...callCases,
  ...schemaCases,
  ...listCases,
  ...middlewareCases,
  productionCase,
  ...resultCases,
  ...progressCases,
  ...stdioCases,
  ...coldStartCases,
  inMemoryCase,
  memoryCase,
  idleStreamsCase,
  ...partCases,
];

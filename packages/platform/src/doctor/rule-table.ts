import type { Rule } from "./rule.ts";
import { arrayWithoutItems } from "./rules/array-without-items.ts";
import { asksForSecret } from "./rules/asks-for-secret.ts";
import { clientKeywords } from "./rules/client-keywords.ts";
import { clientParameterName } from "./rules/client-parameter-name.ts";
import { clientToolName } from "./rules/client-tool-name.ts";
import { collidingNames } from "./rules/colliding-names.ts";
import { contradictoryAnnotations } from "./rules/contradictory-annotations.ts";
import { deepNesting } from "./rules/deep-nesting.ts";
import { destructiveUnannotated } from "./rules/destructive-unannotated.ts";
import { destructiveUnconfirmed } from "./rules/destructive-unconfirmed.ts";
import { duplicateDescription } from "./rules/duplicate-description.ts";
import { eventLoopStall } from "./rules/event-loop-stall.ts";
import { godServer } from "./rules/god-server.ts";
import { greedyTemplate } from "./rules/greedy-template.ts";
import { injectionLikeText } from "./rules/injection-like-text.ts";
import { invisibleCharacters } from "./rules/invisible-characters.ts";
import { longDescription } from "./rules/long-description.ts";
import { manyParameters } from "./rules/many-parameters.ts";
import { misleadingAnnotation } from "./rules/misleading-annotation.ts";
import { missingDescription } from "./rules/missing-description.ts";
import { modeSwitch } from "./rules/mode-switch.ts";
import { moduleState } from "./rules/module-state.ts";
import { noMimeType } from "./rules/no-mime-type.ts";
import { noOutputSchema } from "./rules/no-output-schema.ts";
import { noTimeout } from "./rules/no-timeout.ts";
import { rootCombinator } from "./rules/root-combinator.ts";
import { secretInListing } from "./rules/secret-in-listing.ts";
import { shortDescription } from "./rules/short-description.ts";
import { strictLimits } from "./rules/strict-limits.ts";
import { unboundedInput } from "./rules/unbounded-input.ts";
import { unboundedResults } from "./rules/unbounded-results.ts";
import { unclearName } from "./rules/unclear-name.ts";
import { undescribedParameter } from "./rules/undescribed-parameter.ts";

/** All rules, in the order of the reference page and of reports. */
export const rules: readonly Rule[] = [
  godServer,
  manyParameters,
  deepNesting,
  modeSwitch,
  unclearName,
  collidingNames,
  missingDescription,
  shortDescription,
  longDescription,
  duplicateDescription,
  undescribedParameter,
  noTimeout,
  noOutputSchema,
  destructiveUnannotated,
  misleadingAnnotation,
  contradictoryAnnotations,
  destructiveUnconfirmed,
  secretInListing,
  asksForSecret,
  unboundedResults,
  unboundedInput,
  clientToolName,
  clientParameterName,
  rootCombinator,
  arrayWithoutItems,
  clientKeywords,
  strictLimits,
  invisibleCharacters,
  injectionLikeText,
  greedyTemplate,
  noMimeType,
  eventLoopStall,
  moduleState,
];

import { registerHooks } from "node:module";

// From the sources of the packages, also where one imports another by name: what was built last may be older.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, { ...context, conditions: ["@plinth/source", ...(context.conditions ?? [])] }),
});

// Renders docs/reference, and the dashboard and alerts of deploy, anew. Run it when their test fails.
const { writeReferencePages } = await import("./documentation/reference-pages.ts");
writeReferencePages();

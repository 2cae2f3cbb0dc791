import { writeReferencePages } from "./documentation/reference-pages.ts";

// Renders docs/reference/{error-codes,configuration}.md and platform.env.example anew. Run it when their test fails.
writeReferencePages();

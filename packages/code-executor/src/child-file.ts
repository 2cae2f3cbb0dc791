import { fileURLToPath } from "node:url";

/** The program of sandboxes and of their starter: beside this file, as source in the repository and as one file in `dist`. */
export const childFile: string = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./child.ts" : "./child.js", import.meta.url),
);

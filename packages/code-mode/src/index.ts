export { codeMode, type CodeMode, type CodeModeOptions } from "./code-mode.ts";
export type { ListedTool, ToolHints } from "./listed-tool.ts";
export type { ToolMatch } from "./tool-selection.ts";

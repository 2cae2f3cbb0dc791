/** What the host asks of its starter. */
export interface StarterRequest {
  readonly type: "start";
  readonly id: number;
  readonly command: readonly string[];
  readonly cwd: string;
  /** Base64. */
  readonly extraInput?: string;
}

/** What the starter says; `input` and `output` come with the pipe. */
export type StarterReport =
  | { readonly type: "ready" }
  | { readonly type: "input"; readonly id: number }
  | { readonly type: "output"; readonly id: number; readonly pid: number }
  | { readonly type: "failed"; readonly id: number; readonly reason: string }
  | {
      readonly type: "exit";
      readonly id: number;
      readonly code: number | null;
      readonly signal: string | null;
      readonly diagnostics: string;
    };

/** How a client reaches the server: at a URL, or by running `command`. */
export type Target =
  | { readonly transport: "http"; readonly url: string }
  | { readonly transport: "stdio"; readonly command: string; readonly args: readonly string[] };

/** One way in which a client can be set up. */
export interface Variant {
  readonly transport: Target["transport"];
  /** The era that the server must see. */
  readonly era: "legacy" | "modern";
  /** How the client is told to choose it, where there is more than one way. */
  readonly mode?: string;
}

/** What came back from a tool. */
export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
}

/** Options for {@link ClientUnderTest.callTool}. */
export interface CallOptions {
  readonly onProgress?: (done: number) => void;
  /** Cancels the call the way a user of this client would. */
  readonly signal?: AbortSignal;
}

/** What the requirements need of a client; an adapter puts it in terms of the client's own interface. */
export interface ClientUnderTest extends AsyncDisposable {
  listTools(): Promise<readonly string[]>;
  listResources(): Promise<readonly string[]>;
  listPrompts(): Promise<readonly string[]>;
  callTool(name: string, args?: Readonly<Record<string, string>>, options?: CallOptions): Promise<ToolAnswer>;
  readResource(uri: string): Promise<string>;
  getPrompt(name: string, args: Readonly<Record<string, string>>): Promise<string>;
}

/** Answers a form: with `content`, or not. */
export type FormAnswer =
  | { readonly action: "accept"; readonly content: Record<string, string> }
  | { readonly action: "decline" };

/** Connects a client. `answerForm` is what its user does when a server asks. */
export type Connect = (target: Target, variant: Variant, answerForm: () => FormAnswer) => Promise<ClientUnderTest>;

/** The text of all text blocks of a result. */
export function textOf(content: readonly { readonly type: string; readonly text?: unknown }[]): string {
  return content.map(({ text }) => (typeof text === "string" ? text : "")).join("");
}

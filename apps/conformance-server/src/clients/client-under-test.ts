/** How a client reaches the server: at a URL, or by running `command`. */
export type Target =
  | { readonly transport: "http"; readonly url: string }
  | {
      readonly transport: "stdio";
      readonly command: string;
      readonly args: readonly string[];
      /** Variables that the command needs besides those that clients pass on. */
      readonly env: Readonly<Record<string, string>>;
    };

/** One way in which a client can be set up. */
export interface Variant {
  readonly transport: Target["transport"];
  /** The era that the server must see. */
  readonly era: "legacy" | "modern";
  /** How the client is told to choose it, where there is more than one way. */
  readonly mode?: string;
}

/** What a tool is called with. */
export type ToolArguments = Readonly<Record<string, unknown>>;

/** What came back from a tool. */
export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
  /** The first image, in base64. */
  readonly image: string | undefined;
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
  callTool(name: string, args?: ToolArguments, options?: CallOptions): Promise<ToolAnswer>;
  readResource(uri: string): Promise<string>;
  getPrompt(name: string, args: Readonly<Record<string, string>>): Promise<string>;
}

/** Answers a form: with `content`, or not. */
export type FormAnswer =
  | { readonly action: "accept"; readonly content: Record<string, string | boolean> }
  | { readonly action: "decline" };

/** Connects a client. `answerForm` is what its user does when a server asks. */
export type Connect = (target: Target, variant: Variant, answerForm: () => FormAnswer) => Promise<ClientUnderTest>;

/** A block of a result, as far as the requirements look at it. */
export interface Block {
  readonly type: string;
  readonly text?: unknown;
  readonly data?: unknown;
}

/** What a tool's result says. */
export function answerOf({
  content,
  isError = false,
}: {
  content: readonly Block[];
  isError?: boolean | undefined;
}): ToolAnswer {
  const data = content.find(({ type }) => type === "image")?.data;
  return { text: textOf(content), isError, image: typeof data === "string" ? data : undefined };
}

/** What the official clients and the AI SDK's have in common besides calling tools. */
interface ReadingClient {
  readResource(params: { uri: string }): Promise<{ contents: readonly object[] }>;
  getPrompt(params: { name: string; arguments: Record<string, string> }): Promise<{ messages: readonly object[] }>;
  close(): Promise<void>;
}

/** Reading and closing with such a client. */
export function readingWith(
  client: ReadingClient,
): Pick<ClientUnderTest, "readResource" | "getPrompt" | typeof Symbol.asyncDispose> {
  return {
    async readResource(uri) {
      const { contents } = await client.readResource({ uri });
      return textOf(contents.map((part) => ({ type: "text", ...part })));
    },
    async getPrompt(name, args) {
      const { messages } = await client.getPrompt({ name, arguments: args });
      return textOf(messages.map((message) => (message as { content: Block }).content));
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The text of all text blocks of a result. */
export function textOf(content: readonly Block[]): string {
  return content.map(({ text }) => (typeof text === "string" ? text : "")).join("");
}

import {
  LOG_LEVEL_META_KEY,
  type CallToolResult,
  type Client,
  type GetPromptResult,
  type ReadResourceResult,
  type Transport,
} from "@modelcontextprotocol/client";
import type { AnyPlinthServer, AnyTool, Era, LoggingLevel, Principal, ToolTypes } from "@plinth/core";
import { connectClient, type ConnectClientOptions, type Received } from "./connect-client.ts";
import { faithfulPair } from "./faithful-pair.ts";
import { fakeClock, type FakeClock } from "./fake-clock.ts";
import { watchLeaks } from "./watch-leaks.ts";

/** Options for {@link createTestClient}. */
export interface TestClientOptions extends ConnectClientOptions {
  /** Who calls, as if the edge had verified it. */
  readonly principal?: Principal;
  /**
   * Fail `close()` when the client leaves timers or handles behind that were not there before.
   * @default true
   */
  readonly leakCheck?: boolean;
  /**
   * `"fake"` stops time for this process until the client closes; move it with `client.clock`. Timers, `Date` and
   * `performance` obey it; `setImmediate` and I/O run on.
   * @default "real"
   */
  readonly clock?: "real" | "fake";
}

/** One progress report. */
export interface ReceivedProgress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** Options for one call. */
export interface TestCallOptions {
  /** Cancels the call. */
  readonly signal?: AbortSignal;
  /** Least severe log messages to receive during this call. Modern era; a legacy client sets it per session. */
  readonly logLevel?: LoggingLevel;
}

/** A tool's answer, and what came before it. Typed when the call named a definition instead of a string. */
export interface ToolAnswer<Structured = Readonly<Record<string, unknown>> | undefined> {
  /** The answer as it came. */
  readonly result: CallToolResult;
  /** The text blocks, joined with line breaks. */
  readonly text: string;
  readonly structured: Structured;
  readonly isError: boolean;
  readonly progress: readonly ReceivedProgress[];
}

/** A real SDK client on a server in this process. Dispose it: `await using client = await createTestClient(server)`. */
export interface TestClient extends AsyncDisposable {
  /** The SDK's client, for everything that has no shortcut here. */
  readonly sdk: Client;
  readonly era: Era;
  /** What arrived besides answers. */
  readonly received: Received;
  /** Time, if the client was made with `clock: "fake"`. @throws Error otherwise */
  readonly clock: FakeClock;
  /** Calls a tool by its definition, with typed arguments and answer. */
  callTool<Types extends ToolTypes>(
    tool: AnyTool & Types,
    args: Types extends { readonly "~types"?: { readonly input: infer Input } } ? Input : never,
    options?: TestCallOptions,
  ): Promise<ToolAnswer<Types extends { readonly "~types"?: { readonly output: infer Output } } ? Output : never>>;
  /** Calls a tool by name. */
  callTool(name: string, args?: Readonly<Record<string, unknown>>, options?: TestCallOptions): Promise<ToolAnswer>;
  readResource(uri: string): Promise<ReadResourceResult & { readonly text: string }>;
  getPrompt(
    name: string,
    args?: Readonly<Record<string, string>>,
  ): Promise<GetPromptResult & { readonly text: string }>;
  /** Names of all tools, every page. */
  toolNames(): Promise<readonly string[]>;
  /** Closes the connection. @throws Error for messages that JSON could not carry, and for leaks */
  close(): Promise<void>;
}

/** Connects a real client to a server over memory: no port, no process, and yet every message goes through JSON. */
export async function createTestClient(
  server: AnyPlinthServer,
  { principal, leakCheck = true, clock = "real", ...options }: TestClientOptions = {},
): Promise<TestClient> {
  await server.start();
  // Undone in reverse when the client closes, or at once when it cannot connect: no other test may find time standing
  // still.
  await using opening = new AsyncDisposableStack();
  const fake = clock === "fake" ? opening.use(fakeClock()) : undefined;
  const leaks = leakCheck ? watchLeaks() : undefined;
  const pair = faithfulPair();
  const host = await server.connect(pair.server, principal === undefined ? {} : { principal });
  opening.defer(() => host.close());
  const client = await wrapClient(pair.client, {
    ...options,
    clock: fake,
    async afterClose() {
      await opened.disposeAsync();
      if (pair.unfaithful[0] !== undefined) throw pair.unfaithful[0];
      await leaks?.assertNone();
    },
  });
  const opened = opening.move();
  return client;
}

/** Options for {@link wrapClient}. */
export interface WrapClientOptions extends ConnectClientOptions {
  readonly clock?: FakeClock | undefined;
  /** Runs once, when the client has closed. */
  readonly afterClose: () => Promise<void>;
}

/** The same shortcuts over any client transport. */
export async function wrapClient(
  transport: Transport,
  { clock, afterClose, ...options }: WrapClientOptions,
): Promise<TestClient> {
  const { sdk, received } = await connectClient(transport, options);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= sdk.close().then(afterClose));
  return {
    sdk,
    era: options.era ?? "modern",
    received,
    callTool: async (tool: AnyTool | string, args?: object, callOptions?: TestCallOptions) =>
      callTool(sdk, { name: typeof tool === "string" ? tool : tool.name, arguments: { ...args } }, callOptions ?? {}),
    async readResource(uri) {
      const result = await sdk.readResource({ uri });
      return { ...result, text: result.contents.map((part) => ("text" in part ? part.text : "")).join("\n") };
    },
    async getPrompt(name, args) {
      const result = await sdk.getPrompt({ name, ...(args !== undefined && { arguments: { ...args } }) });
      return { ...result, text: textOf(result.messages.map(({ content }) => content)) };
    },
    async toolNames() {
      const { tools } = await sdk.listTools();
      return tools.map(({ name }) => name);
    },
    close,
    get clock(): FakeClock {
      if (clock === undefined) throw new Error('Time is real here; make the client with { clock: "fake" } to move it');
      return clock;
    },
    [Symbol.asyncDispose]: close,
  };
}

async function callTool(
  sdk: Client,
  params: { name: string; arguments: Record<string, unknown> },
  { signal, logLevel }: TestCallOptions,
): Promise<ToolAnswer> {
  const progress: ReceivedProgress[] = [];
  const result = await sdk.callTool(
    { ...params, ...(logLevel !== undefined && { _meta: { [LOG_LEVEL_META_KEY]: logLevel } }) },
    { onprogress: (report) => void progress.push(report), ...(signal !== undefined && { signal }) },
  );
  return {
    result,
    text: textOf(result.content),
    structured: result.structuredContent as ToolAnswer["structured"],
    isError: result.isError === true,
    progress,
  };
}

function textOf(blocks: readonly { readonly type: string }[]): string {
  return blocks.flatMap((block) => ("text" in block && typeof block.text === "string" ? [block.text] : [])).join("\n");
}

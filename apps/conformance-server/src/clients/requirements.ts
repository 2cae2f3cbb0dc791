import { fileURLToPath } from "node:url";
import type { ClientUnderTest, Variant } from "./client-under-test.ts";
import { createJournal, type Journal } from "./journal.ts";
import type { Check, Limit as LimitOf, Suite } from "./suite.ts";

/** What the requirements look at besides the client. */
interface World {
  readonly journal: Journal;
}

const requirements = {
  "reaches the server over this transport, in this era": async ({ client, variant, expect }) => {
    expect(await describeCall(client)).toMatchObject({ transport: variant.transport, era: variant.era });
  },
  "lists the tools": async ({ client, expect }) => {
    expect(await client.listTools()).toContain("test_simple_text");
  },
  "lists the resources": async ({ client, expect }) => {
    expect(await client.listResources()).toContain("test://static-text");
  },
  "lists the prompts": async ({ client, expect }) => {
    expect(await client.listPrompts()).toContain("test_prompt_with_arguments");
  },
  "calls a tool": async ({ client, expect }) => {
    expect(await client.callTool("test_simple_text")).toEqual({
      text: "This is a simple text response for testing.",
      isError: false,
    });
  },
  "reads a resource from a template": async ({ client, expect }) => {
    expect(JSON.parse(await client.readResource("test://template/7/data"))).toMatchObject({ id: "7" });
  },
  "gets a prompt with arguments": async ({ client, expect }) => {
    const text = await client.getPrompt("test_prompt_with_arguments", { arg1: "one", arg2: "two" });
    expect(text).toBe("Prompt with arguments: arg1='one', arg2='two'");
  },
  "hears why a tool failed": async ({ client, expect }) => {
    const answer = await client.callTool("test_error_handling");
    expect(answer).toEqual({ text: "This tool intentionally returns an error for testing", isError: true });
  },
  "hears nothing of an error that was not meant for it": async ({ client, expect }) => {
    const answer = await client.callTool("throw_secret");
    expect(answer.isError).toBe(true);
    expect(JSON.stringify(answer)).not.toMatch(/postgres|user|pw@host/);
  },
  "hears of progress": async ({ client, expect }) => {
    const seen: number[] = [];
    await client.callTool("report_progress", {}, { onProgress: (done) => seen.push(done) });
    expect(seen).toEqual([0, 50, 100]);
  },
  "stops the work by cancelling the call": async ({ client, journal, expect }) => {
    const cancellation = new AbortController();
    const call = client.callTool("work_until_stopped", { id: "cancelled" }, { signal: cancellation.signal });
    const settled = call.then(() => "answered").catch(() => "rejected");
    await journal.has("cancelled began");

    cancellation.abort();

    await journal.has("cancelled was cancelled");
    expect(await settled).toBe("rejected");
  },
  "lets the user fill in a form": async ({ client, user, expect }) => {
    user.answer = { action: "accept", content: { username: "ada", email: "ada@example.com" } };

    const { text } = await client.callTool("test_elicitation", { message: "Who are you?" });

    expect(text).toBe('User response: action=accept, content={"username":"ada","email":"ada@example.com"}');
  },
  "lets the user decline a form": async ({ client, user, expect }) => {
    user.answer = { action: "decline" };

    const { text } = await client.callTool("test_elicitation", { message: "Who are you?" });

    expect(text).toBe("User response: action=decline, content={}");
  },
} satisfies Record<string, Check<World>>;

type Requirement = keyof typeof requirements;

/** Something that a client cannot do with the conformance server. */
export type Limit = LimitOf<World, Requirement>;

const program = fileURLToPath(new URL("./server.ts", import.meta.url));

/** What every client must be able to do with the conformance server. */
export const conformanceServer: Suite<World, Requirement> = {
  server: "the conformance server",
  requirements,
  async prepare(resources) {
    const journal = resources.use(await createJournal());
    return { program: { args: ["--conditions=@plinth/source", program, journal.path] }, world: { journal } };
  },
};

/** The limit of a client that never asks for progress. */
export const asksForNoProgress: Limit = {
  requirement: "hears of progress",
  reason: "its calls carry no progress token",
  proof: async ({ client, expect }) => expect(await describeCall(client)).toMatchObject({ progressToken: false }),
};

/** The limits of a client that cannot show forms. */
export const showsNoForms: readonly Limit[] = (
  ["lets the user fill in a form", "lets the user decline a form"] as const
).map((requirement) => ({
  requirement,
  reason: "it does not declare the elicitation capability",
  proof: async ({ client, expect }) => {
    expect(await describeCall(client)).toMatchObject({ elicitation: false });
    expect((await refusalOf(client.callTool("test_elicitation", { message: "Who are you?" }))).toLowerCase()).toContain(
      "elicitation",
    );
  },
}));

/** The limit of a client that forgets a call instead of telling the server to stop. */
export function cancelsOnlyLocally(reason: string, applies: (variant: Variant) => boolean): Limit {
  return {
    requirement: "stops the work by cancelling the call",
    applies,
    reason,
    proof: async ({ client, journal, expect }) => {
      const cancellation = new AbortController();
      const call = client.callTool("work_until_stopped", { id: "forgotten" }, { signal: cancellation.signal });
      const settled = call.then(() => "answered").catch(() => "rejected");
      await journal.has("forgotten began");

      cancellation.abort();

      expect(await settled).toBe("rejected");
      await client.callTool("release_work", { id: "forgotten" });
      await journal.has("forgotten was released");
    },
  };
}

/** What the server knows of a call by this client. */
async function describeCall(client: ClientUnderTest): Promise<unknown> {
  const { text } = await client.callTool("describe_call");
  return JSON.parse(text);
}

/** Why a call was refused, whether the client calls that an answer or an error. */
async function refusalOf(call: ReturnType<ClientUnderTest["callTool"]>): Promise<string> {
  return call.then(({ text }) => text).catch(String);
}

import { Client, type ClientCapabilities, type Transport } from "@modelcontextprotocol/client";
import type { Era } from "@plinth/core";
import {
  answering,
  toElicitResult,
  toSampleResult,
  type AskedForm,
  type AskedSample,
  type FormAnswer,
  type SampleAnswer,
  type ScriptedAnswers,
} from "./scripted-answers.ts";

/** Options for {@link connectClient}. */
export interface ConnectClientOptions {
  /** The protocol era to speak. @default "modern" */
  readonly era?: Era;
  /** What the client answers when the server asks. */
  readonly answers?: ScriptedAnswers;
  /** What the client calls itself. @default "plinth-test" */
  readonly name?: string;
}

/** A log message that the server sent. */
export interface ReceivedLog {
  readonly level: string;
  readonly data: unknown;
  readonly logger?: string | undefined;
}

/** What arrived besides answers, in order of arrival. */
export interface Received {
  readonly logs: readonly ReceivedLog[];
  /** Every notification but progress, log messages included. */
  readonly notifications: readonly { readonly method: string; readonly params: unknown }[];
  /** What the server asked of the user. */
  readonly forms: readonly AskedForm[];
  /** What the server asked of the model. */
  readonly samples: readonly AskedSample[];
}

/** A connected SDK client and what it received. */
export interface ConnectedClient {
  readonly sdk: Client;
  readonly received: Received;
}

/** The revision that pins a client to the modern era. */
const modernVersion = "2026-07-28";

/** Connects the official SDK's client over any transport, pinned to one era. */
export async function connectClient(
  transport: Transport,
  { era = "modern", answers = {}, name = "plinth-test" }: ConnectClientOptions = {},
): Promise<ConnectedClient> {
  const sdk = new Client(
    { name, version: "0.0.0" },
    {
      capabilities: capabilitiesFor(answers),
      versionNegotiation: { mode: era === "modern" ? { pin: modernVersion } : "legacy" },
    },
  );
  const received = record(sdk, answers);
  await sdk.connect(transport);
  return { sdk, received };
}

function capabilitiesFor(answers: ScriptedAnswers): ClientCapabilities {
  return {
    ...(answers.elicit !== undefined && { elicitation: { form: {}, url: {} } }),
    ...(answers.sample !== undefined && { sampling: {} }),
    ...(answers.roots !== undefined && { roots: {} }),
  };
}

function record(sdk: Client, answers: ScriptedAnswers): Received {
  const logs: ReceivedLog[] = [];
  const notifications: { method: string; params: unknown }[] = [];
  const forms: AskedForm[] = [];
  const samples: AskedSample[] = [];
  sdk.setNotificationHandler("notifications/message", ({ params }) => {
    logs.push(params);
    notifications.push({ method: "notifications/message", params });
  });
  sdk.fallbackNotificationHandler = async ({ method, params }) => void notifications.push({ method, params });

  if (answers.elicit !== undefined) {
    const answer = answering<AskedForm, FormAnswer>("elicitation", answers.elicit);
    sdk.setRequestHandler("elicitation/create", async ({ params }) => {
      const asked: AskedForm = {
        message: params.message,
        requestedSchema: "requestedSchema" in params ? params.requestedSchema : undefined,
        url: "url" in params ? params.url : undefined,
      };
      forms.push(asked);
      return toElicitResult(await answer(asked));
    });
  }
  if (answers.sample !== undefined) {
    const answer = answering<AskedSample, SampleAnswer>("sampling", answers.sample);
    sdk.setRequestHandler("sampling/createMessage", async ({ params }) => {
      samples.push(params);
      return toSampleResult(await answer(params));
    });
  }
  const { roots } = answers;
  if (roots !== undefined) sdk.setRequestHandler("roots/list", async () => ({ roots: [...roots] }));
  return { logs, notifications, forms, samples };
}

import { Connection } from "../connection/connection.ts";
import type { HostedServer } from "../hosted-server.ts";
import type { LaneName } from "../lane-name.ts";
import type { LineMessage } from "./inbound-line.ts";
import type { StdioChannel } from "./stdio-channel.ts";

/** Options for {@link openLane}. */
export interface LaneOptions {
  readonly server: HostedServer;
  readonly channel: StdioChannel;
  readonly maxSubscriptions?: number;
  /** Sees each message before it is served. */
  readonly onMessage: (message: LineMessage) => void;
  readonly onProblem: (error: Error) => void;
}

/** A connection that is being served. */
export interface OpenLane {
  /** Ends subscriptions with their result and aborts what runs. Resolves when the client has what was written. */
  close(): Promise<void>;
  /** Open `subscriptions/listen` requests; the SDK does not tell. */
  readonly subscriptions?: number;
}

/**
 * Serves one client on a channel. Both lanes answer alike. The official SDK is loaded when it is chosen: that takes
 * longer than everything else together.
 */
export async function openLane(lane: LaneName, options: LaneOptions): Promise<OpenLane> {
  return lane === "sdk" ? openSdkLane(options) : openDirectLane(options);
}

function openDirectLane({ server, channel, onMessage, maxSubscriptions }: LaneOptions): OpenLane {
  // Not a warning: an answer that comes too late is nobody's fault.
  const onStray = (what: string): void => server.log.debug("Ignored a message", { transport: "stdio", what });
  const connection = new Connection({
    server,
    channel,
    transport: "stdio",
    onStray,
    ...(maxSubscriptions !== undefined && { maxSubscriptions }),
  });
  channel.start((message) => {
    onMessage(message);
    connection.receive(message);
  });
  return {
    get subscriptions() {
      return connection.subscriptions;
    },
    close() {
      connection.close();
      return channel.flushed();
    },
  };
}

async function openSdkLane({ server, channel, onMessage, onProblem, ...options }: LaneOptions): Promise<OpenLane> {
  const [{ openSdkConnection }, { SdkTransport }] = await Promise.all([
    import("../sdk-connection.ts"),
    import("./sdk-transport.ts"),
  ]);
  const transport = new SdkTransport({ channel, onMessage, onProblem });
  return openSdkConnection(server, { transport, kind: "stdio", ...options });
}

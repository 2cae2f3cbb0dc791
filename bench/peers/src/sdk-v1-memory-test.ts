import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { messageOf } from "../../src/workloads/request.ts";
import { calledToolName, type Workload } from "../../src/workloads/workload.ts";

/** What a contestant makes for one in-memory test. */
interface MemoryServer {
  connect(transport: InMemoryTransport): Promise<unknown>;
  close(): Promise<unknown>;
}

/** One in-memory test with the client of the SDK's first line: connect, one call, both closed. @returns the call's text */
export async function sdkV1MemoryTest(
  server: MemoryServer,
  { workload, id }: { readonly workload: Workload; readonly id: number },
): Promise<string> {
  const client = new Client({ name: "bench", version: "1" });
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(serverSide), client.connect(clientSide)]);
  const { content } = await client.callTool({
    name: calledToolName(workload),
    arguments: { message: messageOf(id) },
  });
  await client.close();
  await server.close();
  return (content as { text: string }[])[0]?.text ?? "";
}

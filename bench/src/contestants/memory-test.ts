import { Client, InMemoryTransport, type Transport } from "@modelcontextprotocol/client";
import { messageOf } from "../workloads/request.ts";
import { calledToolName, type Workload } from "../workloads/workload.ts";

/** What a contestant makes for one in-memory test. */
export interface MemoryServer {
  connect(transport: Transport): Promise<unknown>;
  close(): Promise<unknown>;
}

/** One in-memory test with the SDK's v2 client: a new server, a connected client, one call, both closed. */
export async function memoryTest(
  server: MemoryServer,
  { workload, id }: { readonly workload: Workload; readonly id: number },
): Promise<string> {
  const mode = workload.era === "modern" ? ({ pin: "2026-07-28" } as const) : "legacy";
  const client = new Client({ name: "bench", version: "1" }, { versionNegotiation: { mode } });
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  await server.connect(serverSide);
  await client.connect(clientSide);
  const { content } = await client.callTool({ name: calledToolName(workload), arguments: { message: messageOf(id) } });
  await client.close();
  await server.close();
  const [block] = content;
  return block?.type === "text" ? block.text : "";
}

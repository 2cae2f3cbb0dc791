import { stderrLogger } from "@plinth/core";
import { runMatrix } from "@plinth/testing";
import { expect, test } from "vitest";
import { createNotesServer } from "./server.ts";
import { addNote, findNotes } from "./tools.ts";

runMatrix("the notes server", ({ connect }) => {
  test("remembers and finds notes, and counts the calls", async () => {
    const { server, metrics } = createNotesServer(stderrLogger({ level: "silent" }));
    await using client = await connect(server);

    await client.callTool(addNote, { text: "Buy milk" });
    await client.callTool(addNote, { text: "Water the plants" });
    const found = await client.callTool(findNotes, { text: "milk" });
    const tooLong = await client.callTool(addNote, { text: "x".repeat(100_000) });
    const { text } = await metrics.render();
    await server.close();

    expect(found.structured).toEqual({ notes: [{ id: 1, text: "Buy milk" }] });
    expect(tooLong).toMatchObject({ isError: true, text: expect.stringContaining("send less") });
    expect(text).toMatch(/plinth_call_duration_seconds_count\{.*target="add_note".*\} [23]/);
  });
});

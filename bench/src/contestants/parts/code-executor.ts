import { createCodeExecutor } from "@plinth/code-executor";
import { serveContestant } from "../serve-contestant.ts";

serveContestant({
  async part(code) {
    const executor = createCodeExecutor({ backend: "process" });
    return {
      // What is measured is a run that finds a sandbox waiting; another one is started while it goes on.
      prepare: () => executor.ready(),
      async run(id) {
        const result = await executor.run(code, { input: { id } });
        return result.ok ? JSON.stringify(result.value) : `${result.failure}: ${result.message}`;
      },
    };
  },
});

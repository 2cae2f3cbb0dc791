import { expect, it } from "vitest";
import { measureInRotation, type Subject } from "./rotation.ts";

it("measures in turns, each round starting one further, and closes everything", async () => {
  const journal: string[] = [];
  const subjects = ["a", "b", "c"].map((label) => subject(label, { journal }));

  const outcomes = await measureInRotation(subjects, { rounds: 2 });

  expect(journal.join(" ")).toBe("warm a warm b warm c a b c b c a close a close b close c");
  expect([...outcomes.values()]).toEqual(subjects.map(() => ({ samples: [{ cpu: 1 }, { cpu: 1 }] })));
});

it("gives a subject that fails its reason, and goes on with the others", async () => {
  const journal: string[] = [];
  const failing = subject("a", { journal, failure: "the answer was wrong" });
  const sound = subject("b", { journal });

  const outcomes = await measureInRotation([failing, sound], { rounds: 3 });

  expect(outcomes.get(failing)).toEqual({ reason: "the answer was wrong" });
  expect(outcomes.get(sound)).toMatchObject({ samples: [{ cpu: 1 }, { cpu: 1 }, { cpu: 1 }] });
  expect(journal.filter((entry) => entry === "close a")).toHaveLength(1);
});

it("gives a subject that cannot be opened its reason", async () => {
  const closed: Subject = { label: "a", open: () => Promise.reject(new Error("the port is taken")) };

  const outcomes = await measureInRotation([closed], { rounds: 1 });

  expect(outcomes.get(closed)).toEqual({ reason: "the port is taken" });
});

function subject(label: string, { journal, failure }: { journal: string[]; failure?: string }): Subject {
  const note = async (entry: string): Promise<void> => void journal.push(entry);
  return {
    label,
    open: async () => ({
      warmUp: () => note(`warm ${label}`),
      async round() {
        if (failure !== undefined) throw new Error(failure);
        await note(label);
        return { cpu: 1 };
      },
      [Symbol.asyncDispose]: () => note(`close ${label}`),
    }),
  };
}

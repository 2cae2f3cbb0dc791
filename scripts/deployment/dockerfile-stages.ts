import {
  type Instruction,
  DockerfileParser,
  JSONInstruction,
  ModifiableInstruction,
  PropertyInstruction,
} from "dockerfile-ast";

/** One instruction of a Dockerfile. */
export interface Step {
  /** In capitals, such as `RUN`. */
  readonly keyword: string;
  /** Everything behind the keyword in one line, without comments. */
  readonly text: string;
  /** The words behind the keyword without flags; for the JSON form the strings of the array. */
  readonly words: readonly string[];
  /** Flags such as `--from=build`, by name. */
  readonly flags: ReadonlyMap<string, string>;
  /** What `ENV`, `ARG` or `LABEL` sets, unquoted. */
  readonly properties: ReadonlyMap<string, string>;
  /** Whether it is written as a JSON array, which no shell reads. */
  readonly isExec: boolean;
}

/** What one `FROM` begins. */
export interface Stage {
  readonly name: string;
  /** The image or earlier stage that it begins with, with the defaults of `ARG` filled in. */
  readonly base: string;
  readonly steps: readonly Step[];
}

/**
 * Reads the stages of a Dockerfile.
 *
 * @param text The Dockerfile.
 * @throws Error for an `ARG` in a `FROM` without a default, and for a stage without a name.
 */
export function readStages(text: string): Stage[] {
  const instructions = DockerfileParser.parse(text).getInstructions();
  const defaults = new Map<string, string>();
  const stages: { name: string; base: string; steps: Step[] }[] = [];
  for (const instruction of instructions) {
    const step = toStep(instruction);
    const stage = stages.at(-1);
    if (step.keyword === "FROM") {
      const [image = "", as, name] = step.words;
      if (as?.toUpperCase() !== "AS" || name === undefined) throw new Error(`"FROM ${step.text}" has no name: add AS.`);
      stages.push({ name, base: fillIn(image, defaults), steps: [] });
    } else if (stage === undefined) {
      for (const [name, value] of step.properties) defaults.set(name, value);
    } else {
      stage.steps.push(step);
    }
  }
  return stages;
}

function toStep(instruction: Instruction): Step {
  const words = instruction.getArguments().map((word) => word.getValue());
  const exec = instruction instanceof JSONInstruction && instruction.getOpeningBracket() !== null;
  const properties = instruction instanceof PropertyInstruction ? instruction.getProperties() : [];
  return {
    keyword: instruction.getKeyword(),
    text: (instruction.getArgumentsContent() ?? "").replaceAll(/\s+/g, " ").trim(),
    words: exec
      ? instruction.getJSONStrings().map((string) => string.getJSONValue())
      : words.filter((word) => !word.startsWith("--")),
    flags: new Map(flagsOf(instruction)),
    properties: new Map(properties.map((property) => [property.getName(), property.getValue() ?? ""])),
    isExec: exec,
  };
}

function flagsOf(instruction: Instruction): [string, string][] {
  const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
  return flags.map((flag) => [flag.getName(), flag.getValue() ?? ""]);
}

function fillIn(image: string, defaults: ReadonlyMap<string, string>): string {
  return image.replaceAll(/\$\{(\w+)\}|\$(\w+)/g, (_, braced?: string, bare?: string) => {
    const value = defaults.get(braced ?? bare ?? "");
    if (value === undefined) throw new Error(`"FROM ${image}" needs an ARG with a default before it.`);
    return value;
  });
}

/** The program's start and end. */
export const running: string = String.raw`
const fail = (thrown) => {
  if (ended) return;
  const isObject = (typeof thrown === "object" && thrown !== null) || typeof thrown === "function";
  if (!isObject || !(thrown instanceof NativeError)) {
    return end("failed", "thrown", "Thrown: " + cut(attempt(() => inspect(thrown, 1), "something that cannot be shown"), 2000), "");
  }
  const stack = cut(attempt(() => thrown.stack, ""), 4000);
  const message = cut(attempt(() => thrown.name, "Error"), 100) + ": " + cut(attempt(() => thrown.message, ""), 2000);
  end("failed", isDenied(denied, thrown) ? "capability-denied" : "thrown", message, stack);
};
const finish = (value) => {
  if (ended) return;
  let text;
  try {
    text = stringify(value);
  } catch (thrown) {
    return end("failed", "thrown", "The result cannot be written as JSON: " + cut(attempt(() => thrown.message, ""), 500), "");
  }
  if (typeof text !== "string") return end("done");
  if (text.length > limits.resultBytes) return end("failed", "output-limit", "The result is " + text.length + " bytes long, " + limits.resultBytes + " at most.", "");
  end("done", text);
};

/** Whether a text is the body of a function by itself, and does not leave it. */
const check = (code) => {
  try {
    new AsyncFunction(code);
    return "";
  } catch (thrown) {
    return cut(attempt(() => thrown.message, "it does not parse"), 500);
  }
};
const start = (settings, main) => {
  const { grants, files, input, limits: given } = parse(settings);
  limits = given;
  outputLeft = limits.outputBytes;
  linesLeft = limits.outputLines;
  const globals = {
    console, setTimeout, clearTimeout, TextEncoder, TextDecoder, artifacts,
    queueMicrotask: (callback) => { then(NativePromise.resolve(), callback); },
    inputFiles: inputFilesOf(files),
    input: input === undefined ? undefined : parse(input),
    fetch: grants.fetch ? fetch : () => rejected("This run was not given fetch."),
    files: namespace("files", "files", "", grants.files, false),
    tools: namespace("tools", "tools", "", grants.tools === undefined ? [] : grants.tools, true),
  };
  for (const [name, names] of entries(grants.functions)) globals[name] = namespace(name, "functions", name + ".", names, false);
  for (const name of keys(globals)) defineProperty(globalThis, name, { value: globals[name], writable: true, configurable: true, enumerable: false });
  // What follows is the program's: nothing below may be reached by what it changes.
  let promise;
  try {
    promise = main();
  } catch (thrown) {
    return fail(thrown);
  }
  then(promise, finish, fail);
};
return { check, start, settle, fire };
`;

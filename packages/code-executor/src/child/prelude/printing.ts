/** Output: `console`, and texts of values that may fight back. */
export const printing: string = String.raw`
let limits;
let ended = false;
// No spreading: it would go through an iterator that the program may have replaced.
const end = (kind, first, second, third) => {
  if (ended) return;
  ended = true;
  post(kind, first, second, third);
};
const exceed = (message) => {
  end("failed", "output-limit", message, "");
  // The sandbox ends with the message; until then nothing more may be produced.
  throw new NativeRangeError(message);
};

// Texts of things that may fight back. A loop in a getter ends with the CPU limit.
const cut = (text, length) => (text.length > length ? slice(text, 0, length) + "..." : text);
const attempt = (read, otherwise) => {
  try {
    const text = read();
    return typeof text === "string" ? text : otherwise;
  } catch {
    return otherwise;
  }
};
const inspect = (value, level) => {
  switch (typeof value) {
    case "string": return level === 0 ? value : stringify(value);
    case "symbol": return stringOfSymbol(value);
    case "bigint": return NativeString(value) + "n";
    case "function": return "[Function " + attempt(() => value.name, "") + "]";
    case "object": return value === null ? "null" : attempt(() => inspectObject(value, level), "[object]");
    default: return NativeString(value);
  }
};
const listed = (parts, left, right) => (parts.length === 0 ? left + right : left + " " + join(parts, ", ") + " " + right);
const inspectObject = (value, level) => {
  const most = 100;
  if (value instanceof NativeError) return attempt(() => value.stack, "") || attempt(() => value.name + ": " + value.message, "Error");
  if (level > 4) return isArray(value) ? "[Array]" : "[Object]";
  const parts = [];
  const add = (text) => { if (parts.length < most) push(parts, text); };
  if (isArray(value)) {
    const length = value.length;
    for (let index = 0; index < length && index < most; index += 1) push(parts, inspect(value[index], level + 1));
    if (length > most) push(parts, "... " + (length - most) + " more");
    return listed(parts, "[", "]");
  }
  const tag = stringOfObject(value);
  if (tag === "[object Date]") return isoString(value);
  if (tag === "[object RegExp]") return stringOfRegExp(value);
  if (tag === "[object Promise]") return "[Promise]";
  if (tag === "[object Map]") {
    mapForEach(value, (item, key) => add(inspect(key, level + 1) + " => " + inspect(item, level + 1)));
    return "Map " + listed(parts, "{", "}");
  }
  if (tag === "[object Set]") {
    setForEach(value, (item) => add(inspect(item, level + 1)));
    return "Set " + listed(parts, "{", "}");
  }
  const names = keys(value);
  for (let index = 0; index < names.length && index < most; index += 1) {
    const name = names[index];
    push(parts, (test(/^[\w$]+$/, name) === null ? stringify(name) : name) + ": " + inspect(value[name], level + 1));
  }
  if (names.length > most) push(parts, "... " + (names.length - most) + " more");
  return listed(parts, "{", "}");
};

let outputLeft = 0;
let linesLeft = 0;
const print = (stream) => (...values) => {
  if (ended) return;
  let text = "";
  for (let index = 0; index < values.length; index += 1) text += (index === 0 ? "" : " ") + inspect(values[index], 0);
  text += "\n";
  linesLeft -= 1;
  if (text.length > outputLeft) {
    post("output", stream, slice(text, 0, outputLeft));
    exceed("The program wrote more than " + limits.outputBytes + " bytes of output.");
  }
  if (linesLeft < 0) exceed("The program wrote more than " + limits.outputLines + " lines of output.");
  outputLeft -= text.length;
  post("output", stream, text);
};
const out = print("stdout"), error = print("stderr");
const ignore = () => {};
const console = { log: out, info: out, debug: out, dir: out, table: out, warn: error, error, trace: error, assert(condition, ...values) {
  if (!condition) error("Assertion failed", ...values);
}, group: out, groupEnd: ignore, time: ignore, timeEnd: ignore, timeLog: ignore, count: ignore, countReset: ignore, clear: ignore };
`;

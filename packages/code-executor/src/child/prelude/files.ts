/** `artifacts` and `inputFiles`. */
export const files: string = String.raw`
const isPlainName = (name) => {
  if (name === "" || name[0] === ".") return false;
  for (let index = 0; index < name.length; index += 1) {
    const character = name[index];
    if (character < " " || character === "\x7f") return false;
    switch (character) {
      case "/": case "\\": case ":": case "*": case "?": case '"': case "<": case ">": case "|": return false;
    }
  }
  return true;
};
let artifactCount = 0;
let artifactBytes = 0;
const artifacts = freeze({ __proto__: null, write(name, data) {
  if (typeof name !== "string" || name.length > 255) throw new NativeTypeError("An artifact needs a name of at most 255 characters.");
  if (!isPlainName(name)) throw new NativeTypeError("An artifact's name is a plain file name: no separators, control characters or leading dot.");
  const bytes = typeof data === "string" ? encodeUtf8(data) : asBytes(data);
  artifactCount += 1;
  artifactBytes += bytesOf(bytes);
  if (artifactCount > limits.artifacts) exceed("The program made more than " + limits.artifacts + " artifacts.");
  if (artifactBytes > limits.artifactBytes) exceed("The program's artifacts are larger than " + limits.artifactBytes + " bytes.");
  post("artifact", name, base64Of(bytes));
} });
const inputFilesOf = (files) => {
  const byName = create(null);
  for (let index = 0; index < files.length; index += 1) byName[files[index].name] = files[index];
  const find = (name) => {
    const file = byName[name];
    if (file === undefined) throw new NativeError("There is no input file " + stringify(cut(NativeString(name), 100)) + ".");
    return file;
  };
  return freeze({ __proto__: null,
    list: () => keys(byName),
    read: (name) => { const file = find(name); return file.encoding === "utf8" ? encodeUtf8(file.content) : bytesOfBase64(file.content); },
    readText: (name) => { const file = find(name); return file.encoding === "utf8" ? file.content : decodeUtf8(bytesOfBase64(file.content)); },
  });
};
`;

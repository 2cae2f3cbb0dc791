/** Capabilities: calls that wait for the host, refusals, and the namespaces and `fetch` that programs see. */
export const calls: string = String.raw`
// Calls. At most limits.callsInFlight are on their way; the others wait here, and all of them together are counted.
const pending = create(null);
const waiting = [];
let calls = 0;
let inFlight = 0;
const send = (request) => {
  inFlight += 1;
  pending[request.id] = request;
  post("call", request.id, request.kind, request.name, request.args);
};
const call = (kind, name, values) => {
  const promise = new NativePromise((resolve, reject) => {
    const args = stringify(values);
    if (args.length > limits.argumentBytes) {
      exceed("The arguments of " + cut(name, 100) + " are " + args.length + " bytes long, " + limits.argumentBytes + " at most.");
    }
    calls += 1;
    if (calls > limits.calls) exceed("The program made more than " + limits.calls + " calls.");
    const request = { __proto__: null, id: calls, kind, name, args, resolve, reject };
    if (inFlight < limits.callsInFlight) send(request);
    else push(waiting, request);
  });
  // A call that nobody waits for may fail without ending the program.
  then(promise, undefined, ignore);
  return promise;
};
const settle = (id, ok, text) => {
  const request = pending[id];
  if (request === undefined) return;
  delete pending[id];
  inFlight -= 1;
  if (waiting.length > 0) send(shift(waiting));
  if (ok) request.resolve(text === undefined ? undefined : parse(text));
  else request.reject(new NativeError(text));
};

const refusal = (what) => {
  const refused = new NativeError(what);
  defineProperty(refused, "name", { value: "CapabilityDenied" });
  addDenied(denied, refused);
  return refused;
};
const rejected = (what) => {
  const promise = new NativePromise((_, reject) => reject(refusal(what)));
  then(promise, undefined, ignore);
  return promise;
};

// A namespace answers any name with a function, so that what is missing is explained instead of being "not a function".
const namespace = (label, kind, prefix, names, takesOne) => {
  const target = create(null);
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index];
    target[name] = freeze(setPrototypeOf(
      takesOne ? (args) => call(kind, prefix + name, [args === undefined ? null : args]) : (...args) => call(kind, prefix + name, args),
      Function.prototype,
    ));
  }
  return new NativeProxy(freeze(target), {
    __proto__: null,
    get(_, name) {
      const known = getOwnPropertyDescriptor(target, name);
      if (known !== undefined) return known.value;
      if (typeof name === "symbol" || name === "then" || name === "toJSON" || name === "constructor") return undefined;
      return () => rejected("This run was not given " + label + "." + cut(name, 100) + ".");
    },
  });
};

const headerList = (headers) => {
  const list = [];
  if (headers === undefined || headers === null) return list;
  const pairs = typeof headers[symbolIterator] === "function" ? [...headers] : entries(headers);
  for (let index = 0; index < pairs.length; index += 1) push(list, [NativeString(pairs[index][0]), NativeString(pairs[index][1])]);
  return list;
};
const responseOf = ({ status, statusText, url, headers, text }) => ({
  status, statusText, url, ok: status >= 200 && status < 300,
  headers: {
    get(name) {
      const wanted = toLowerCase(NativeString(name));
      for (let index = 0; index < headers.length; index += 1) if (headers[index][0] === wanted) return headers[index][1];
      return null;
    },
    has(name) { return this.get(name) !== null; },
    entries: () => headers[symbolIterator](),
    [symbolIterator]: () => headers[symbolIterator](),
  },
  text: async () => text,
  json: async () => parse(text),
});
const fetch = async (url, init = {}) => {
  const body = init.body === undefined || init.body === null ? undefined : NativeString(init.body);
  const method = init.method === undefined ? undefined : NativeString(init.method);
  return responseOf(await call("fetch", "fetch", [NativeString(url), { method, headers: headerList(init.headers), body }]));
};
`;

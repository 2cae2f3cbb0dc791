/** The first code in every Python interpreter: what {@link prelude} is for an isolate, though no boundary: the sandbox is. */
export const pythonPrelude: string = String.raw`
import ast, json, sys
from pyodide.code import eval_code_async

class CapabilityDenied(Exception):
    """Raised for what this run was not given."""

def _make_run(bridge):
    async def call(kind, name, args):
        answer = json.loads(await bridge.call(kind, name, json.dumps(args)))
        if answer["ok"]:
            return json.loads(answer["text"]) if answer.get("text") is not None else None
        raise RuntimeError(answer["text"])

    class Namespace:
        def __init__(self, label, kind, prefix, names, takes_one):
            self.__dict__.update(_label=label, _kind=kind, _prefix=prefix, _names=names, _takes_one=takes_one)
        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return self[name]
        def __getitem__(self, name):
            async def invoke(*args, **named):
                if name not in self._names:
                    raise CapabilityDenied(f"This run was not given {self._label}.{name}.")
                if self._takes_one:
                    values = [named if named else args[0] if args else None]
                else:
                    values = list(args)
                return await call(self._kind, self._prefix + name, values)
            return invoke
        def __dir__(self):
            return list(self._names)

    class Response:
        def __init__(self, answer):
            self.status = answer["status"]
            self.ok = 200 <= self.status < 300
            self.url = answer["url"]
            self.headers = dict(answer["headers"])
            self.text = answer["text"]
        def json(self):
            return json.loads(self.text)

    class Artifacts:
        def write(self, name, data):
            bridge.artifact(str(name), data.encode() if isinstance(data, str) else bytes(data))

    async def run(code, settings):
        settings = json.loads(settings)
        grants = settings["grants"]
        async def fetch(url, method=None, headers=None, body=None):
            if not grants["fetch"]:
                raise CapabilityDenied("This run was not given fetch.")
            init = {"headers": [[str(name), str(value)] for name, value in (headers or {}).items()]}
            if method is not None:
                init["method"] = method
            if body is not None:
                init["body"] = body
            return Response(await call("fetch", "fetch", [str(url), init]))
        scope = {
            "__name__": "__main__",
            "CapabilityDenied": CapabilityDenied,
            "input": json.loads(settings["input"]) if "input" in settings else None,
            "artifacts": Artifacts(),
            "fetch": fetch,
            "files": Namespace("files", "files", "", grants["files"], False),
            "tools": Namespace("tools", "tools", "", grants.get("tools") or [], True),
        }
        for name, names in grants["functions"].items():
            scope[name] = Namespace(name, "functions", name + ".", names, False)

        def failed(failure, message, line=None):
            return json.dumps({"failure": failure, "message": message[:2000], "line": line})
        try:
            compile(code, "program.py", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return failed("syntax", f"{type(error).__name__}: {error}", getattr(error, "lineno", None))
        try:
            value = await eval_code_async(code, scope, filename="program.py")
        except BaseException as error:
            line, trace = None, error.__traceback__
            while trace is not None:
                if trace.tb_frame.f_code.co_filename == "program.py":
                    line = trace.tb_lineno
                trace = trace.tb_next
            kinds = {CapabilityDenied: "capability-denied", MemoryError: "out-of-memory"}
            return failed(kinds.get(type(error), "thrown"), f"{type(error).__name__}: {error}", line)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
        if value is None:
            return json.dumps({})
        try:
            return json.dumps({"json": json.dumps(value, allow_nan=False)})
        except Exception as error:
            return failed("thrown", f"The result cannot be written as JSON: {error}")
    return run
_make_run
`;

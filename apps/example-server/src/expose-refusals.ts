import { type ErrorCode, fail, KitError, type Middleware } from "@plinth/core";

const codes: Partial<Record<string, ErrorCode>> = {
  INVALID_URL: "INVALID_ARGUMENTS",
  TIMEOUT: "TIMEOUT",
  TOO_LARGE: "TOO_LARGE",
  "too-large": "TOO_LARGE",
  RATE_LIMITED: "UNAVAILABLE",
  OVERLOADED: "UNAVAILABLE",
  busy: "UNAVAILABLE",
};

/**
 * Lets the messages of refused fetches and files reach the client: their packages write them for it, without addresses and
 * without paths of this machine. Why a program could not be run is for the operator, and goes to the log.
 */
export const exposeRefusals: Middleware = async function exposeRefusals(call, next) {
  try {
    return await next();
  } catch (error) {
    if (KitError.isInstance(error)) throw error;
    // Not loaded before something fails: starting the server must not wait for packages that most clients never need.
    const [{ UrlFetchError }, { FileError }, { CodeExecutorError }] = await Promise.all([
      import("@plinth/url-fetcher"),
      import("@plinth/file-operations"),
      import("@plinth/code-executor"),
    ]);
    if (UrlFetchError.isInstance(error) || FileError.isInstance(error)) {
      throw fail(`${error.message}.`, { code: codes[error.code] ?? "FAILED", cause: error });
    }
    if (!CodeExecutorError.isInstance(error)) throw error;
    if (error.code === "busy") {
      throw fail("Too many programs are running. Try again in a moment.", { code: "UNAVAILABLE", cause: error });
    }
    call.context.log.error("Programs cannot be run", { error });
    throw fail("This server cannot run programs: its sandbox is not available. Use the other tools.", { cause: error });
  }
};

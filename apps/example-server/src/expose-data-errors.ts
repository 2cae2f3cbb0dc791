import { type ErrorCode, fail, type Middleware } from "@plinth/core";
import { DataError, type DataErrorCode } from "./data-error.ts";

const codes: Record<DataErrorCode, ErrorCode> = {
  INVALID: "INVALID_ARGUMENTS",
  TOO_LARGE: "TOO_LARGE",
  NOT_FOUND: "FAILED",
  CONFLICT: "FAILED",
};

/**
 * Lets the message of a {@link DataError} reach the client, since it is written for the model: it can mend its call.
 * **Security:** all other errors pass by and stay masked.
 */
export const exposeDataErrors: Middleware = async function exposeDataErrors(_call, next) {
  try {
    return await next();
  } catch (error) {
    if (error instanceof DataError) throw fail(error.message, { code: codes[error.code], cause: error });
    throw error;
  }
};

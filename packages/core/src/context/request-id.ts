import { randomBytes } from "node:crypto";

/** Twelve random characters per process keep two replicas apart; a counter keeps two calls of one process apart. */
const processPart: string = randomBytes(9).toString("base64url");
let counter = 0;

/** A request id that no other call in the fleet has. Cheap, and not a secret. */
export function nextRequestId(): string {
  counter += 1;
  return `${processPart}-${counter.toString(36)}`;
}

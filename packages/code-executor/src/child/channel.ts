import { read, writeSync } from "node:fs";
import { encodeFrame, FrameReader } from "../protocol/frames.ts";
import type { ChildMessage, HostMessage } from "../protocol/messages.ts";
import { endAtOnce } from "./end-at-once.ts";

/** The host's frames are our own; this only keeps a mistake from filling the memory. */
const longestFrame = 256 * 1024 * 1024;

/** Writes until the host has taken it all: a host that is slow to read slows the program down. */
export function send(message: ChildMessage): void {
  const frame = encodeFrame(message);
  for (let written = 0; written < frame.length;) {
    try {
      written += writeSync(1, frame, written);
    } catch (error) {
      // A pipe that does not block, which some engines hand out; all others mean that the host is gone.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") endAtOnce();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

/** Reads descriptors and not `process.stdin`: loading that takes longer than a whole run. The end of input ends the process. */
export function receive(handle: (message: HostMessage) => void): void {
  const reader = new FrameReader(longestFrame);
  const buffer = Buffer.allocUnsafe(256 * 1024);
  const next = (): void => {
    read(0, buffer, 0, buffer.length, null, (error, bytes) => {
      if (error?.code === "EAGAIN") {
        setTimeout(next, 1);
        return;
      }
      if (error !== null || bytes === 0) endAtOnce();
      for (const text of reader.push(Buffer.from(buffer.subarray(0, bytes)))) handle(JSON.parse(text) as HostMessage);
      next();
    });
  };
  next();
}

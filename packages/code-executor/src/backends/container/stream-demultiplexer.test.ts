import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StreamDemultiplexer, StreamFormatError } from "./stream-demultiplexer.ts";

const frames = fc.array(fc.record({ stream: fc.constantFrom(0, 1, 2, 3), payload: fc.uint8Array({ maxLength: 40 }) }), {
  maxLength: 12,
});

/** Sizes of the pieces that a stream arrives in. */
const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });

describe("a multiplexed stream", () => {
  it("comes apart into what each stream wrote, wherever the network cut it", () => {
    fc.assert(
      fc.property(frames, cuts, (sent, sizes) => {
        const received = demultiplex(Buffer.concat(sent.map(toFrame)), sizes);

        const written = (wanted: readonly number[]): Buffer =>
          Buffer.concat(sent.filter(({ stream }) => wanted.includes(stream)).map(({ payload }) => payload));
        expect(received.stdout.equals(written([1]))).toBe(true);
        expect(received.stderr.equals(written([0, 2, 3]))).toBe(true);
      }),
    );
  });

  it("is refused from the first byte on that makes no sense, and what came before is kept", () => {
    fc.assert(
      fc.property(frames, fc.uint8Array({ minLength: 8, maxLength: 64 }), cuts, (sent, noise, sizes) => {
        fc.pre(noise[0]! > 3 || noise[1] !== 0 || noise[2] !== 0 || noise[3] !== 0);
        const stream = Buffer.concat([...sent.map(toFrame), noise]);

        expect(() => demultiplex(stream, sizes)).toThrow(StreamFormatError);
      }),
    );
  });

  it("gives no more than arrived, and ends in no other way, whatever arrives", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), cuts, (bytes, sizes) => {
        const { given, error } = demultiplexNoise(Buffer.from(bytes), sizes);

        expect(given).toBeLessThanOrEqual(bytes.length);
        expect(error === undefined || error instanceof StreamFormatError).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("holds nothing of a frame that claims four gigabytes", () => {
    const received: Buffer[] = [];
    const demultiplexer = new StreamDemultiplexer({ onStdout: (bytes) => received.push(bytes), onStderr: () => {} });

    demultiplexer.push(Buffer.from([1, 0, 0, 0, 255, 255, 255, 255, 7]));

    expect(received).toStrictEqual([Buffer.from([7])]);
  });
});

function toFrame({ stream, payload }: { stream: number; payload: Uint8Array }): Buffer {
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(payload.length, 4);
  return Buffer.concat([head, payload]);
}

function demultiplex(bytes: Buffer, sizes: readonly number[]): { stdout: Buffer; stderr: Buffer } {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const demultiplexer = new StreamDemultiplexer({
    onStdout: (part) => stdout.push(part),
    onStderr: (part) => stderr.push(part),
  });
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    demultiplexer.push(bytes.subarray(at, at + size));
    at += size;
  }
  return { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
}

function demultiplexNoise(bytes: Buffer, sizes: readonly number[]): { given: number; error?: unknown } {
  try {
    const { stdout, stderr } = demultiplex(bytes, sizes);
    return { given: stdout.length + stderr.length };
  } catch (error) {
    return { given: 0, error };
  }
}

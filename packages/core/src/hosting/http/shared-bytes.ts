import type { crc32 as Crc32 } from "node:zlib";
import type { RenderedJson } from "../../json/rendered-json.ts";

/** A body that has most of its bytes in common with others, such as a list page between a message's id and its end. */
export interface SharedBody {
  readonly before: string;
  readonly shared: SharedBytes;
  readonly after: string;
}

/** What is kept of the shared part. */
interface Deflated {
  /** DEFLATE blocks, none of them the last one, which end on a byte. */
  readonly blocks: Buffer;
  readonly crc: number;
  /** What `blocks` do to the checksum of what stands before them, by its bits. */
  readonly shift: Uint32Array;
  readonly crc32: typeof Crc32;
}

/** A gzip header without name and time, from an unknown system (RFC 1952 section 2.3). */
const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** Bytes that a stored block of DEFLATE can have (RFC 1951 section 3.2.4). */
const maxStored = 65_535;

/** Bytes that stand in many answers. They are compressed once, and not for each answer. */
export class SharedBytes {
  readonly bytes: Buffer;
  #deflated: Promise<Deflated> | undefined;

  constructor(text: string) {
    this.bytes = Buffer.from(text);
  }

  /**
   * All of a body as one gzip member. What is its own is stored as it is in blocks around the shared ones, which refer
   * to nothing before them; so only the checksum of the whole remains to be worked out.
   */
  async gzipWithin(before: string, after: string): Promise<Buffer> {
    const { blocks, crc, shift, crc32 } = await this.#deflate();
    const checksum = crc32(after, (shifted(shift, crc32(before)) ^ crc) >>> 0);
    const length = this.bytes.length + Buffer.byteLength(before) + Buffer.byteLength(after);
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(checksum, 0);
    trailer.writeUInt32LE(length % 2 ** 32, 4);
    return Buffer.concat([gzipHeader, ...stored(before, false), blocks, ...stored(after, true), trailer]);
  }

  async #deflate(): Promise<Deflated> {
    try {
      return await (this.#deflated ??= deflate(this.bytes));
    } catch (error) {
      this.#deflated = undefined;
      throw error;
    }
  }
}

const known = new WeakMap<RenderedJson, SharedBytes>();

/** The bytes of a rendered value, kept as long as that is. */
export function sharedBytesOf(json: RenderedJson): SharedBytes {
  let bytes = known.get(json);
  if (bytes === undefined) known.set(json, (bytes = new SharedBytes(json.text)));
  return bytes;
}

async function deflate(bytes: Buffer): Promise<Deflated> {
  const { constants, crc32, deflateRaw } = await import("node:zlib");
  const blocks = await new Promise<Buffer>((resolve, reject) => {
    // A sync flush in place of an end leaves the stream open and on a byte (RFC 1951 section 3.2.3, BFINAL).
    deflateRaw(bytes, { finishFlush: constants.Z_SYNC_FLUSH }, (error, made) => {
      if (error === null) resolve(made);
      else reject(error);
    });
  });
  return { blocks, crc: crc32(bytes), shift: shiftOf(bytes.length, crc32), crc32 };
}

/** Blocks of text that is not compressed. */
function stored(text: string, last: boolean): Buffer[] {
  const bytes = Buffer.from(text);
  const parts: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += maxStored) {
    const part = bytes.subarray(at, at + maxStored);
    const header = Buffer.alloc(5);
    header.writeUInt8(last && at + maxStored >= bytes.length ? 1 : 0, 0);
    header.writeUInt16LE(part.length, 1);
    header.writeUInt16LE(~part.length & 0xffff, 3);
    parts.push(header, part);
  }
  return parts;
}

/**
 * What `length` bytes do to a CRC-32, apart from their own: it is linear over GF(2), so the images of its 32 bits tell
 * all. Made by doubling, as zlib's `crc32_combine` does.
 */
function shiftOf(length: number, crc32: Deflated["crc32"]): Uint32Array {
  const zero = Buffer.alloc(1);
  let power = Uint32Array.from({ length: 32 }, (_, bit) => crc32(zero, (1 << bit) >>> 0) ^ crc32(zero, 0));
  let shift = Uint32Array.from({ length: 32 }, (_, bit) => 1 << bit);
  for (let rest = length; rest > 0; rest = Math.floor(rest / 2)) {
    const step = power;
    if (rest % 2 === 1) shift = shift.map((image) => shifted(step, image));
    power = power.map((image) => shifted(step, image));
  }
  return shift;
}

function shifted(shift: Uint32Array, crc: number): number {
  let image = 0;
  for (let bit = 0; bit < 32; bit += 1) if ((crc >>> bit) & 1) image ^= shift[bit] as number;
  return image >>> 0;
}

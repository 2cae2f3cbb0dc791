import { crc32, inflateSync } from "node:zlib";

/** A picture as its file holds it. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Its lines, each led by the byte that tells its filter. */
  readonly lines: Uint8Array;
}

const signature = Buffer.from("89504e470d0a1a0a", "hex");

/**
 * Decodes a PNG far enough to know that a viewer can show it: the signature, the checksum of every chunk, and the lines
 * of the picture, whole (PNG specification, third edition, sections 5 and 10).
 * @throws Error for anything that is not such a file
 */
export function decodePng(file: Buffer): Picture {
  if (!file.subarray(0, 8).equals(signature)) throw new Error("This does not begin as a PNG does.");
  const chunks = chunksOf(file);
  const header = chunks.find(({ type }) => type === "IHDR")?.data;
  if (header === undefined || chunks.at(-1)?.type !== "IEND") throw new Error("The PNG is not whole.");
  const data = chunks.filter(({ type }) => type === "IDAT").map((chunk) => chunk.data);
  return { width: header.readUInt32BE(0), height: header.readUInt32BE(4), lines: inflateSync(Buffer.concat(data)) };
}

function chunksOf(file: Buffer): readonly { readonly type: string; readonly data: Buffer }[] {
  const chunks = [];
  for (let start = signature.length; start < file.length;) {
    const end = start + 8 + file.readUInt32BE(start);
    const type = file.toString("latin1", start + 4, start + 8);
    if (crc32(file.subarray(start + 4, end)) !== file.readUInt32BE(end)) {
      throw new Error(`The checksum of the PNG's chunk ${type} is wrong.`);
    }
    chunks.push({ type, data: file.subarray(start + 8, end) });
    start = end + 4;
  }
  return chunks;
}

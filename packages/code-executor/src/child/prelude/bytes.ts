/** Base64 and UTF-8, which an isolate does not have. */
export const bytes: string = String.raw`
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const base64Of = (bytes) => {
  let text = "";
  const length = bytesOf(bytes);
  for (let index = 0; index < length; index += 3) {
    const left = length - index;
    const group = (bytes[index] << 16) | ((left > 1 ? bytes[index + 1] : 0) << 8) | (left > 2 ? bytes[index + 2] : 0);
    text += letters[group >> 18] + letters[(group >> 12) & 63] + (left > 1 ? letters[(group >> 6) & 63] : "=") + (left > 2 ? letters[group & 63] : "=");
  }
  return text;
};
const sextets = create(null);
for (let index = 0; index < 64; index += 1) sextets[letters[index]] = index;
const bytesOfBase64 = (text) => {
  let length = (text.length / 4) * 3;
  if (text[text.length - 1] === "=") length -= 1;
  if (text[text.length - 2] === "=") length -= 1;
  const bytes = new NativeUint8Array(length);
  for (let index = 0, at = 0; at < length; index += 4) {
    const group = (sextets[text[index]] << 18) | (sextets[text[index + 1]] << 12) | ((sextets[text[index + 2]] | 0) << 6) | (sextets[text[index + 3]] | 0);
    bytes[at++] = group >> 16;
    if (at < length) bytes[at++] = group >> 8;
    if (at < length) bytes[at++] = group;
  }
  return bytes;
};
const encodeUtf8 = (text) => {
  const bytes = new NativeUint8Array(text.length * 3);
  let at = 0;
  for (let index = 0; index < text.length; index += 1) {
    let code = charCodeAt(text, index);
    if (code >= 0xd800 && code < 0xe000) {
      const next = index + 1 < text.length ? charCodeAt(text, index + 1) : 0;
      if (code < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
        index += 1;
      } else code = 0xfffd;
    }
    if (code < 0x80) bytes[at++] = code;
    else if (code < 0x800) { bytes[at++] = 0xc0 | (code >> 6); bytes[at++] = 0x80 | (code & 63); }
    else if (code < 0x10000) { bytes[at++] = 0xe0 | (code >> 12); bytes[at++] = 0x80 | ((code >> 6) & 63); bytes[at++] = 0x80 | (code & 63); }
    else { bytes[at++] = 0xf0 | (code >> 18); bytes[at++] = 0x80 | ((code >> 12) & 63); bytes[at++] = 0x80 | ((code >> 6) & 63); bytes[at++] = 0x80 | (code & 63); }
  }
  return new NativeUint8Array(viewBuffer(bytes), 0, at).slice();
};
const decodeUtf8 = (bytes) => {
  let text = "";
  const length = bytesOf(bytes);
  for (let index = 0; index < length; ) {
    const first = bytes[index++];
    const extra = first < 0x80 ? 0 : first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : -1;
    if (extra === 0) { text += fromCharCode(first); continue; }
    let code = extra < 0 ? -1 : first & (0x3f >> extra);
    for (let count = 0; count < extra && code >= 0; count += 1) {
      const next = index < length ? bytes[index] : 0;
      if ((next & 0xc0) !== 0x80) { code = -1; break; }
      code = (code << 6) | (next & 63);
      index += 1;
    }
    const least = extra === 2 ? 0x800 : extra === 3 ? 0x10000 : 0;
    text += code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? "\ufffd" : fromCodePoint(code);
  }
  return text;
};
const asBytes = (data) => {
  if (isView(data)) {
    return viewTag(data) === undefined ? new NativeUint8Array(data.buffer, data.byteOffset, data.byteLength) : new NativeUint8Array(viewBuffer(data), viewOffset(data), viewBytes(data));
  }
  bufferLength(data);
  return new NativeUint8Array(data);
};
class TextEncoder {
  get encoding() { return "utf-8"; }
  encode(text = "") { return encodeUtf8(NativeString(text)); }
}
class TextDecoder {
  get encoding() { return "utf-8"; }
  decode(data) { return data === undefined ? "" : decodeUtf8(asBytes(data)); }
}
`;

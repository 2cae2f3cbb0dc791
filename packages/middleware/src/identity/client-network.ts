import { isIPv6 } from "node:net";

/** IPv4 within IPv6 (RFC 4291 section 2.5.5.2), in either way to write it. */
const mapped = /^(?:0{1,4}:){0,5}:{0,2}ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i;

/**
 * What counts as one client among addresses: an IPv4 address, or the first 64 bits of an IPv6 address, because whoever has
 * one has at least the 2^64 with these bits (RFC 6177). Text that is no address stays as it is.
 */
export function clientNetwork(address: string): string {
  if (!address.includes(":")) return address;
  const [plain = ""] = address.split("%", 1);
  if (!isIPv6(plain)) return address;
  const inner = mapped.exec(plain);
  if (inner !== null) return inner[1] ?? dotted(inner[2] ?? "", inner[3] ?? "");
  const [head = "", tail] = plain.split("::", 2);
  const groups = groupsOf(head);
  if (tail !== undefined) {
    const rest = groupsOf(tail);
    while (groups.length + rest.length < 8) groups.push("0");
    groups.push(...rest);
  }
  return `${groups.slice(0, 4).join(":")}::/64`;
}

function groupsOf(text: string): string[] {
  if (text === "") return [];
  // An IPv4 tail takes the place of two groups, and never stands among the first four.
  return text.split(":").flatMap((group) => (group.includes(".") ? ["0", "0"] : [short(group)]));
}

function short(group: string): string {
  return Number.parseInt(group, 16).toString(16);
}

function dotted(high: string, low: string): string {
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [first >> 8, first & 255, second >> 8, second & 255].join(".");
}

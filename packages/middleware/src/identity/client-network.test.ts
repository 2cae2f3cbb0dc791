import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientNetwork } from "./client-network.ts";

describe("clientNetwork", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:c000:0201", "192.0.2.1"],
    ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::", "2001:db8:1:2::/64"],
    ["2001:db8::5:6", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["1::", "1:0:0:0::/64"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["unknown", "unknown"],
    ["a:b", "a:b"],
    ["", ""],
  ])("takes %s for %s", (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });

  it("takes addresses of one network of 64 bits for one client, however they are written, and others for others", () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const half = fc.tuple(group, group, group, group);
    // 64 bits of zeros are where the IPv4 addresses within IPv6 are.
    const head = half.filter((groups) => groups.some((group) => group !== 0));
    fc.assert(
      fc.property(head, half, half, fc.integer({ min: 0, max: 3 }), (network, one, other, changed) => {
        const write = (groups: readonly number[]) => groups.map((group) => group.toString(16)).join(":");
        // The URL parser writes the shortest form, with `::` where it can.
        const shortest = new URL(`http://[${write([...network, ...other])}]/`).hostname.slice(1, -1);
        const padded = [...network, ...one].map((group) => group.toString(16).toUpperCase().padStart(4, "0")).join(":");
        const elsewhere = network.with(changed, (network[changed]! + 1) % 0x10000);

        const results = [padded, shortest, write([...elsewhere, ...one])].map(clientNetwork);

        expect(results[0]).toBe(results[1]);
        expect(results[2]).not.toBe(results[0]);
      }),
    );
  });
});

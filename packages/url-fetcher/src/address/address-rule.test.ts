import { describe, expect, it } from "vitest";
import { parseRange } from "./address-range.ts";
import { refusedAddress, type AddressRule } from "./address-rule.ts";

function rule({
  allow = [],
  deny = [],
  allowMetadata = false,
}: {
  allow?: string[];
  deny?: string[];
  allowMetadata?: boolean;
}): AddressRule {
  const ranges = (texts: string[]) => texts.map((text) => parseRange("test", text));
  return { allow: ranges(allow), deny: ranges(deny), allowMetadata };
}

describe("refusedAddress", () => {
  it("opens a range and nothing beside it", () => {
    const opened = rule({ allow: ["10.1.0.0/16", "::1"] });

    expect(refusedAddress("10.1.255.255", opened)).toBeUndefined();
    expect(refusedAddress("::1", opened)).toBeUndefined();
    expect(refusedAddress("10.2.0.0", opened)).toMatchObject({ reason: "address", address: "10.2.0.0" });
    expect(refusedAddress("::ffff:10.1.0.1", opened)).toMatchObject({ reason: "address" });
  });

  it("keeps metadata services closed in an opened range, unless they are named too", () => {
    const addresses = ["169.254.169.254", "fd00:ec2::254", "100.100.100.200"];
    const allow = ["169.254.0.0/16", "fc00::/7", "100.64.0.0/10"];

    expect(addresses.map((text) => refusedAddress(text, rule({ allow }))?.reason)).toEqual(
      addresses.map(() => "metadata"),
    );
    expect(addresses.map((text) => refusedAddress(text, rule({ allow, allowMetadata: true })))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(refusedAddress("169.254.1.1", rule({ allow }))).toBeUndefined();
  });

  it("does not open metadata services by their flag alone", () => {
    expect(refusedAddress("169.254.169.254", rule({ allowMetadata: true }))?.reason).toBe("address");
  });

  it("lets a denied range win over an opened one, and over the public internet", () => {
    const closed = rule({ allow: ["10.0.0.0/8"], deny: ["10.9.0.0/16", "93.184.0.0/16"] });

    expect(refusedAddress("10.9.1.1", closed)?.reason).toBe("address");
    expect(refusedAddress("93.184.1.1", closed)?.reason).toBe("address");
    expect(refusedAddress("10.8.1.1", closed)).toBeUndefined();
  });

  it("checks what an opened form of IPv6 leads to", () => {
    const nat64 = rule({ allow: ["64:ff9b::/96", "10.1.0.0/16"] });

    expect(refusedAddress("64:ff9b::8.8.8.8", nat64)).toBeUndefined();
    expect(refusedAddress("64:ff9b::10.1.0.1", nat64)).toBeUndefined();
    expect(refusedAddress("64:ff9b::10.2.0.1", nat64)?.reason).toBe("address");
    expect(refusedAddress("64:ff9b::169.254.169.254", nat64)?.reason).toBe("metadata");
  });

  it("reads a NAT64 prefix of the network by the length that the policy gives it", () => {
    expect(refusedAddress("64:ff9b:1:808:8:800::", rule({ allow: ["64:ff9b:1::/48"] }))).toBeUndefined();
    expect(refusedAddress("64:ff9b:1:a00:0:100::", rule({ allow: ["64:ff9b:1::/48"] }))?.reason).toBe("address");
    expect(refusedAddress("64:ff9b:1::8.8.8.8", rule({ allow: ["64:ff9b:1::/96"] }))).toBeUndefined();
  });

  it.each(["fe80::1%eth0", "127.1", "", "localhost", "2130706433"])("refuses %j, which is no address", (text) => {
    expect(refusedAddress(text, rule({ allow: ["0.0.0.0/0", "::/0"] }))?.reason).toBe("address");
  });
});

import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { parseAddress, type IpAddress } from "./ip-address.ts";
import { isOwnAddress } from "./own-addresses.ts";

const parsed = (text: string): IpAddress => parseAddress(text) ?? { version: 4, value: 0n };

describe("isOwnAddress", () => {
  it("knows the addresses of all interfaces, however they are written", () => {
    const interfaces = {
      eth0: [{ address: "93.184.215.14" }, { address: "2606:4700:0:0::1" }],
      eth1: [{ address: "fe80::1%eth1" }],
      eth2: undefined,
    };
    const own = ["93.184.215.14", "2606:4700::1", "fe80::1"];

    expect(own.map((text) => isOwnAddress(parsed(text), interfaces))).toEqual([true, true, true]);
    expect(isOwnAddress(parsed("93.184.215.15"), interfaces)).toBe(false);
  });

  it("asks the operating system", () => {
    const first = Object.values(networkInterfaces()).flat()[0];

    expect(isOwnAddress(parsed(first?.address ?? "127.0.0.1"))).toBe(true);
  });
});

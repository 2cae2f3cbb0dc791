import { inRange, parseRange, type AddressRange } from "./address-range.ts";
import type { IpAddress } from "./ip-address.ts";

/**
 * Where machines in a cloud ask for their own credentials. They lie in ranges that an operator may open for other
 * reasons, and stay closed then.
 */
const metadataRanges: readonly AddressRange[] = [
  // AWS, Google, Azure, DigitalOcean, OpenStack and most others; AWS's time and name servers beside it.
  "169.254.169.0/24",
  // AWS: tasks of ECS, pods of EKS.
  "169.254.170.0/24",
  // Tencent.
  "169.254.0.23",
  // Scaleway.
  "169.254.42.42",
  // Alibaba.
  "100.100.100.200",
  // Azure's host, which hands out the machine's configuration.
  "168.63.129.16",
  // Oracle's former one.
  "192.0.0.192",
  // AWS over IPv6: instances and pods.
  "fd00:ec2::/32",
  // Google over IPv6.
  "fd20:ce::/32",
  // Oracle and Scaleway over IPv6.
  "fd00:c1::/32",
  "fd00:42::/32",
  // OpenStack over IPv6.
  "fe80::a9fe:a9fe",
].map((text) => parseRange("the metadata addresses", text));

/** Whether a machine gets credentials from this address. */
export function isMetadataAddress(address: IpAddress): boolean {
  return metadataRanges.some((range) => inRange(address, range));
}

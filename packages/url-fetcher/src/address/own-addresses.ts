import { networkInterfaces } from "node:os";
import { parseAddress, type IpAddress } from "./ip-address.ts";

/** The addresses of interfaces, as `os.networkInterfaces` has them. */
export type Interfaces = Readonly<Record<string, readonly { readonly address: string }[] | undefined>>;

/**
 * Whether an address is one of this machine: what listens on all of its interfaces is reached from inside there, past every
 * firewall, and also where the address is a public one.
 */
export function isOwnAddress(address: IpAddress, interfaces: Interfaces = networkInterfaces()): boolean {
  return Object.values(interfaces).some((entries) =>
    entries?.some((entry) => {
      const own = parseAddress(entry.address.replace(/%.*/, ""));
      return own?.version === address.version && own.value === address.value;
    }),
  );
}

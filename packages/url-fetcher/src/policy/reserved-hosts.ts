import { covers, parseHosts, type HostList } from "./host-list.ts";

/**
 * Names that lead inside wherever they are resolved, or nowhere: never the public internet, whatever a resolver answers.
 * RFC 6761, RFC 6762, RFC 7686, RFC 9476, the infrastructure of `arpa` (RFC 3172, with RFC 8375 for homes), and the names
 * that hosts files, home routers, offices, containers and clusters use.
 */
const reserved: HostList = parseHosts("the reserved hosts", [
  ".localhost",
  ".localdomain",
  ".localdomain4",
  ".localdomain6",
  ".localnet",
  ".local",
  ".internal",
  ".intranet",
  ".intra",
  ".private",
  ".corp",
  ".home",
  ".lan",
  ".mail",
  ".arpa",
  ".test",
  ".invalid",
  ".onion",
  ".alt",
  ".default",
  ".svc",
  ".cluster",
  ".consul",
]);

/** Names under which machines in a cloud ask for their own credentials. */
const metadata: HostList = parseHosts("the metadata hosts", [
  "metadata",
  "instance-data",
  "instance-data.ec2.internal",
  "metadata.google.internal",
  "metadata.goog",
  "metadata.azure.com",
  "metadata.azure.internal",
  "metadata.internal",
  "metadata.oraclecloud.com",
  "metadata.packet.net",
  "metadata.platformequinix.com",
  "metadata.tencentyun.com",
  "rancher-metadata",
]);

/** Whether a host name is reserved, or has a single label, which resolvers complete with the names of the network. */
export function isReservedHost(host: string): boolean {
  return !host.includes(".") || covers(reserved, host);
}

/** Whether a host name is one of a metadata service. */
export function isMetadataHost(host: string): boolean {
  return covers(metadata, host);
}

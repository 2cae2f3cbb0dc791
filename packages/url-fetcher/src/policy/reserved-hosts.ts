import { covers, parseHosts, type HostList } from "./host-list.ts";

/**
 * Names that lead inside wherever they are resolved, or nowhere: never the public internet, whatever a resolver answers.
 * RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476, and names of containers and clusters.
 */
const reserved: HostList = parseHosts("the reserved hosts", [
  ".localhost",
  ".localdomain",
  ".local",
  ".internal",
  ".intranet",
  ".private",
  ".corp",
  ".home",
  ".lan",
  ".home.arpa",
  ".in-addr.arpa",
  ".ip6.arpa",
  ".test",
  ".invalid",
  ".onion",
  ".alt",
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

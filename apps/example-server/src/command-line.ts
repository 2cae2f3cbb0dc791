import { parseArgs } from "node:util";

export const help = `Business analytics over MCP.

Usage: npm start -- [options]        (HTTP)
       node dist/main.js [options]   (stdio when a client spawns it, HTTP at a terminal)

Options:
  --transport <kind>  auto, stdio or http; the last one given counts
  --port <number>     port to listen on; 0 takes any that is free
  --host <name>       address to listen on
  --workers <count>   processes that serve HTTP, or auto: one for each core
  --help              this text

Every setting can also come from the environment or from a .env file: see .env.example.
`;

/** What was asked for on the command line, as environment variables: the settings' own names and checks apply to both. */
export interface CommandLine {
  readonly help: boolean;
  readonly settings: Readonly<Record<string, string>>;
}

/** Reads the arguments of the process. Throws a `TypeError` with a sentence for an option that does not exist. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      transport: { type: "string" },
      port: { type: "string" },
      host: { type: "string" },
      workers: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { transport, port, host, workers } = values;
  return {
    help: values.help,
    settings: {
      ...(transport !== undefined && { SERVER_TRANSPORT: transport }),
      ...(port !== undefined && { HTTP_PORT: port }),
      ...(host !== undefined && { HTTP_HOST: host }),
      ...(workers !== undefined && { SERVER_WORKERS: workers }),
    },
  };
}

import { fileURLToPath } from "node:url";

/** The folder of this app, which holds `.env` and `data/` wherever the client that starts the server happens to be. */
export const appFolder: string = fileURLToPath(new URL("..", import.meta.url));

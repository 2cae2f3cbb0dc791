import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { appFolder } from "./app-folder.ts";

// What is compiled is kept where only this app writes, which spares every later start a sixth of its time. A folder that
// cannot be written does no harm.
enableCompileCache(join(appFolder, "data/compile-cache"));
const { main } = await import("./program.ts");
await main();

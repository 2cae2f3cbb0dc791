import { serve } from "./child/serve.ts";

// The program inside every sandbox, and the one that starts them for a host. Backends run it with what it is to do; nobody
// imports it, and then it does nothing.
const [first] = process.argv.slice(2);
if (first === "starter") {
  // Apart, since it needs more of Node than a sandbox, which is waited for, should have to load.
  void import("./starting/serve-starter.ts").then(({ serveStarter }) => serveStarter());
} else if (first?.startsWith("{") === true) serve(first);

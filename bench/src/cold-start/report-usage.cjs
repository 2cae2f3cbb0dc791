// Loaded before a server whose start is measured: tells its CPU time when it is asked, and when it ends by itself.
const report = () => process.send?.(process.cpuUsage());
process.on("message", report);
process.on("exit", report);
// The channel must not keep a server alive that would have ended.
process.channel?.unref();

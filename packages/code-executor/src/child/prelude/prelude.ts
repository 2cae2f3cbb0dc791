import { bytes } from "./bytes.ts";
import { calls } from "./calls.ts";
import { files } from "./files.ts";
import { intrinsics } from "./intrinsics.ts";
import { printing } from "./printing.ts";
import { running } from "./running.ts";
import { timers } from "./timers.ts";

/**
 * The first code in every isolate: makes the globals that programs use, and takes away those that get around its memory
 * limit or share memory. Texts and not functions, since they run in another instance of the engine than the one that
 * loads this file; one text of many parts, since they are one closure.
 *
 * It runs before any line of the program and keeps what it needs of the built-in objects to itself: a program may
 * replace `JSON.stringify` or `Promise.prototype.then` and fools nobody but itself. All that leaves the isolate goes
 * through `post` (the closure's argument `$0`), as strings and numbers.
 */
export const prelude: string = [intrinsics, printing, calls, timers, bytes, files, running].join("");

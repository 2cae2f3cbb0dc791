/**
 * Keeps the built-in functions that the rest needs, before a program can replace them, and removes what gets around the
 * isolate's memory limit or shares memory between threads.
 */
export const intrinsics: string = String.raw`
"use strict";
const post = $0;
const { apply, construct, getPrototypeOf } = Reflect;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const { stringify, parse } = JSON;
const NativePromise = Promise, NativeError = Error, NativeRangeError = RangeError, NativeTypeError = TypeError;
const NativeUint8Array = Uint8Array, NativeString = String, NativeProxy = Proxy;
const AsyncFunction = (async () => {}).constructor;
const then = uncurry(Promise.prototype.then);
const push = uncurry(Array.prototype.push), shift = uncurry(Array.prototype.shift), join = uncurry(Array.prototype.join);
const slice = uncurry(String.prototype.slice), charCodeAt = uncurry(String.prototype.charCodeAt);
const toLowerCase = uncurry(String.prototype.toLowerCase), stringOfSymbol = uncurry(Symbol.prototype.toString);
const test = uncurry(RegExp.prototype.exec), stringOfObject = uncurry(Object.prototype.toString);
const isoString = uncurry(Date.prototype.toISOString), mapForEach = uncurry(Map.prototype.forEach);
const setForEach = uncurry(Set.prototype.forEach), stringOfRegExp = uncurry(RegExp.prototype.toString);
const fromCharCode = String.fromCharCode, fromCodePoint = String.fromCodePoint, isArray = Array.isArray;
const { create, freeze, defineProperty, keys, entries, setPrototypeOf, getOwnPropertyDescriptor } = Object;
const isView = ArrayBuffer.isView;
const symbolIterator = Symbol.iterator, symbolTag = Symbol.toStringTag;
const bytesOf = uncurry(getOwnPropertyDescriptor(getPrototypeOf(Uint8Array.prototype), "length").get);
const bufferLength = uncurry(getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength").get);
const viewTag = uncurry(getOwnPropertyDescriptor(getPrototypeOf(Uint8Array.prototype), symbolTag).get);
const viewBuffer = uncurry(getOwnPropertyDescriptor(getPrototypeOf(Uint8Array.prototype), "buffer").get);
const viewOffset = uncurry(getOwnPropertyDescriptor(getPrototypeOf(Uint8Array.prototype), "byteOffset").get);
const viewBytes = uncurry(getOwnPropertyDescriptor(getPrototypeOf(Uint8Array.prototype), "byteLength").get);
const min = Math.min;
const denied = new WeakSet(), addDenied = uncurry(WeakSet.prototype.add), isDenied = uncurry(WeakSet.prototype.has);

// Each of these holds memory that the isolate's limit does not count, or shares it between threads.
for (const name of ["WebAssembly", "SharedArrayBuffer", "Atomics", "WeakRef", "FinalizationRegistry"]) delete globalThis[name];
const GuestArrayBuffer = new Proxy(ArrayBuffer, {
  // A handler with a prototype would take its other traps from the program.
  __proto__: null,
  construct: (target, [length], newTarget) => construct(target, [length], newTarget),
});
delete ArrayBuffer.prototype.resize;
ArrayBuffer.prototype.constructor = GuestArrayBuffer;
globalThis.ArrayBuffer = GuestArrayBuffer;
defineProperty(globalThis, "ArrayBuffer", { enumerable: false });
`;

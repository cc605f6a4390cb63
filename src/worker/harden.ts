/**
 * What a thread gives up before it runs a script. No script gets at JavaScript; if one ever did, it would find nothing
 * here to reach files, processes or the network with, and no way to make new code out of text. (Lua's compiler has kept
 * one for itself.)
 */

/** The globals that the VM and its surroundings use. Everything else goes. */
const kept = new Set([
  ..."globalThis undefined NaN Infinity".split(" "),
  ..."Object Array Boolean Number String Symbol BigInt Math Date RegExp JSON Reflect Proxy Promise Iterator".split(" "),
  ..."Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError".split(" "),
  ..."Map Set WeakMap WeakSet WeakRef FinalizationRegistry".split(" "),
  ..."ArrayBuffer SharedArrayBuffer DataView Atomics Uint8Array Int8Array Uint8ClampedArray".split(" "),
  ..."Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array BigInt64Array BigUint64Array".split(" "),
  ..."parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent encodeURI decodeURI".split(" "),
  ..."Buffer TextEncoder TextDecoder performance setTimeout clearTimeout queueMicrotask".split(" "),
]);

const codeMakers = [() => {}, async () => {}, function* () {}, async function* () {}];

/**
 * Code that this package brings along warns of what no script has to do with. Node.js's own console has streams, and
 * those a port to the host on which one wrong message ends the process.
 */
const console = Object.freeze({ __proto__: null, error() {}, warn() {} });

/** Some can't be deleted, such as `gc` where Node was started with --expose-gc. */
function giveUp(name: string): void {
  if (!Reflect.deleteProperty(globalThis, name)) (globalThis as Record<string, unknown>)[name] = undefined;
}

export function harden(): void {
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!kept.has(name)) giveUp(name);
  }
  (globalThis as Record<string, unknown>).console = console;
  for (const f of codeMakers) {
    const prototype = Object.getPrototypeOf(f);
    Object.defineProperty(prototype, "constructor", { value: undefined, writable: false, configurable: false });
  }
}

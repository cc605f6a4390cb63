/** Cedar's engine in WebAssembly, for tests and nothing else. */
import { setFlagsFromString } from "node:v8";

// V8 11.3, which is in Node 20, ends the process when hot code that it inlined a call into WebAssembly in is deoptimized.
setFlagsFromString("--no-turbo-inline-js-wasm-calls");

export { isAuthorized } from "@cedar-policy/cedar-wasm/nodejs";

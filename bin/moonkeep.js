#!/usr/bin/env node
import module from "node:module";

// Where Node keeps compiled code between starts (22.8 and later), that saves a fifth of the start.
module.enableCompileCache?.();

const { main } = await import("../dist/bin/main.js");

process.exitCode = await main(process.argv.slice(2));

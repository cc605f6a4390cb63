#!/usr/bin/env node
// As process 1 of a container nothing ends it by default: whoever does not hear a signal himself, is ended here.
if (process.pid === 1) {
  for (const [name, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ]) {
    process.on(name, () => {
      if (process.listenerCount(name) === 1) process.exit(code);
    });
  }
}

const { start } = await import("../dist/bin/start.js");

process.exitCode = await start(process.argv.slice(2));

#!/usr/bin/env node
import { start } from "../dist/bin/start.js";

process.exitCode = await start(process.argv.slice(2));

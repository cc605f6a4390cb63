/** The commands that run Lua: `run`, `call`, `repl` and `test`. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { notACoverageForm } from "./errors.ts";
import type { ExitCode } from "./exit.ts";
import { exitCodes, path, paths, scriptOptions, session } from "./options.ts";

/** Reports of coverage, each once. */
function coverageForms(given: string, before: readonly string[] = []): readonly string[] {
  if (given !== "text" && given !== "lcov") throw new InvalidArgumentError(notACoverageForm);
  return [...before, given];
}

export function runCommands(moonkeep: Command, version: string, end: (code: ExitCode) => void): void {
  session(
    moonkeep
      .command("run")
      .description("run a script")
      .argument("[script]", 'a Lua file, or "-" for standard input')
      .argument("[args...]", "the arguments of the script (... and arg)")
      .option("-e, --eval <code>", "run this code instead of a file; all arguments go to the script (after --)"),
  ).action(async (script: string | undefined, args: string[], flags) => {
    const { run } = await import("./run.ts");
    end(await run(script === undefined ? args : [script, ...args], flags));
  });

  session(
    moonkeep
      .command("call")
      .description("call a function of the registry")
      .argument("<function>", "its id, such as app:price")
      .argument("[args...]", 'its arguments, each as JSON; "-" reads one from standard input'),
  ).action(async (id: string, args: string[], flags) => {
    const { call } = await import("./call.ts");
    end(await call(id, args, flags));
  });

  scriptOptions(
    moonkeep.command("repl").description("start an interactive Lua prompt with the stores and policies of a registry"),
  )
    .addHelpText("after", exitCodes)
    .action(async (flags) => {
      const { repl } = await import("./repl/repl.ts");
      end(await repl(flags, version));
    });

  scriptOptions(
    moonkeep
      .command("test")
      .description("run test files (*_test.lua), each in a host of its own")
      .argument("[paths...]", "test files, and folders to search for them (default: the current folder)", paths),
  )
    .addOption(
      new Option("--stores <which>", "keep all stores in memory, or use those of the registry")
        .choices(["memory", "real"])
        .default("memory"),
    )
    .option("--filter <text>", "only run cases whose names contain this text")
    .option("--root <folder>", "the folder in which require finds files (default: the folder of the test)", path)
    .addOption(
      new Option("--reporter <form>", "the format of the report")
        .choices(["default", "tap", "junit", "json"])
        .default("default"),
    )
    .option("--coverage", "print which lines of the loaded Lua files have run")
    .addOption(
      new Option(
        "--coverage-reporter <form>",
        "the format of the coverage: a table, or a file lcov.info; may be repeated (default: text)",
      )
        .choices(["text", "lcov"])
        .argParser(coverageForms),
    )
    .option(
      "--coverage-dir <folder>",
      "the folder of lcov.info (default: coverage); without --coverage-reporter, print the table and write the file",
      path,
    )
    .option("--watch", "run again whenever a file changes that the tests have read, until Ctrl-C")
    .addHelpText("after", exitCodes)
    .action(async (paths: string[], flags) => {
      const { test } = await import("./test/test.ts");
      end(await test(paths, flags));
    });
}

/** The command line: one block per command. Commands are loaded when they are used. */
import { readFileSync } from "node:fs";
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { MoonkeepError } from "../errors.ts";
import { commandLineError, notACoverageForm, notAnActor, wordTooMany } from "./errors.ts";
import { type ExitCode, exit, UsageError } from "./exit.ts";
import { limitFlags } from "./limit-flags.ts";
import { errorLine, Output, OutputError, oneLine, printable, say } from "./output.ts";
import { pairs } from "./pairs.ts";
import { storeCommands } from "./store-commands.ts";
import { duration, port } from "./units.ts";

const version = () =>
  (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }).version;

const actorOption = [
  "--actor <id>",
  "the actor (default: the registry's)",
  (id: string) => {
    if (id === "") throw new InvalidArgumentError(notAnActor);
    return id;
  },
] as const;

const collect = (value: string, before: string[] = []) => [...before, value];

const registryOption = [
  "-r, --registry <path>",
  "a registry file or folder (default: the registry.yaml beside the script, or else the nearest one, here or above)",
] as const;
const metaOption = [
  "--meta <name=value>",
  "metadata of the actor: a string, or JSON after := (level:=7); may be repeated",
  pairs,
] as const;
const groupOption = [
  "--group <id>",
  "a policy group in force, instead of the registry's; may be repeated",
  collect,
] as const;

/** Reports of coverage, each once. */
function coverageForms(given: string, before: readonly string[] = []): readonly string[] {
  if (given !== "text" && given !== "lcov") throw new InvalidArgumentError(notACoverageForm);
  return [...before, given];
}

const exitCodes = `
Exit codes:
  0    done
  1    the script failed or has a syntax error; a check failed; a key is missing
  2    wrong usage, or a script that can't be read
  3    the registry is invalid
  4    a limit was reached
  130  interrupted
  141  nobody reads the output, and the script was ended
  143  terminated (SIGTERM)`;

function program(end: (code: ExitCode) => void): Command {
  const moonkeep = new Command("moonkeep")
    .description("Runs Lua 5.3 scripts with the stores and policies of a YAML registry.")
    .usage("[options] [command]\n       moonkeep script.lua [args...]")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => new Output(1, true).write(Buffer.from(text)),
      writeErr: say,
      outputError: () => {},
    })
    .addHelpText("after", exitCodes);

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
      end(await repl(flags, version()));
    });

  scriptOptions(
    moonkeep
      .command("test")
      .description("run test files (*_test.lua), each in a host of its own")
      .argument("[paths...]", "test files, and folders to search for them (default: the current folder)"),
  )
    .addOption(
      new Option("--stores <which>", "keep all stores in memory, or use those of the registry")
        .choices(["memory", "real"])
        .default("memory"),
    )
    .option("--filter <text>", "only run cases whose names contain this text")
    .option("--root <folder>", "the folder in which require finds files (default: the folder of the test)")
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
    )
    .option("--watch", "run again whenever a file changes that the tests have read, until Ctrl-C")
    .addHelpText("after", exitCodes)
    .action(async (paths: string[], flags) => {
      const { test } = await import("./test/test.ts");
      end(await test(paths, flags));
    });

  moonkeep
    .command("init")
    .description("create a first registry, script and tests in a folder; nothing is overwritten")
    .argument("[folder]", "the folder to write to", ".")
    .addOption(
      new Option("--template <kind>", "what to begin with")
        .choices(["script", "functions", "plugin"])
        .default("script"),
    )
    .addHelpText("after", exitCodes)
    .action(async (folder: string, { template }) => {
      const { init } = await import("./init.ts");
      end(init(folder, template));
    });

  moonkeep
    .command("check")
    .description("check registries and Lua files")
    .argument("[paths...]", "registry files or folders, and Lua files (default: the nearest registry.yaml)")
    .option("--json", "print the findings as JSON")
    .option("--fix", "fix what can be fixed automatically in Lua files")
    .addHelpText("after", exitCodes)
    .action(async (paths: string[], flags) => {
      const { check } = await import("./check.ts");
      end(await check(paths, flags));
    });

  moonkeep
    .command("plugin")
    .description("inspect plugins")
    .command("inspect")
    .description("check a plugin, and show what it is and what it asks for, without running its code")
    .argument("<path>", "its folder")
    .option("--json", "print it as JSON")
    .addHelpText("after", exitCodes)
    .action(async (path: string, flags) => {
      const { pluginInspect } = await import("./plugin-inspect.ts");
      end(await pluginInspect(path, flags));
    });

  storeCommands(moonkeep.command("store").description("read, write and copy the stores of a registry"), end);

  moonkeep
    .command("inspect")
    .description("serve a web page, on this machine only, that shows entries, stores, policies, runs, logs and metrics")
    .option(...registryOption)
    .option(...actorOption)
    .option(...metaOption)
    .option(...groupOption)
    .option("--port <number>", "where (default: any that is free)", port)
    .option("--write", "let the page change entries of stores, end runs, and run Lua as the actor")
    .option("--timeout <duration>", "how long code at the page's prompt may run (default: 5s)", duration)
    .addHelpText("after", exitCodes)
    .action(async (flags) => {
      const { inspect } = await import("./inspect.ts");
      end(await inspect(flags));
    });

  moonkeep
    .command("doctor")
    .description("check whether this machine, the registry, and each database and store can be used")
    .option(...registryOption)
    .option("--json", "print it as JSON")
    .addHelpText("after", exitCodes)
    .action(async (flags) => {
      const { doctor } = await import("./doctor.ts");
      end(await doctor(flags));
    });

  editorCommands(moonkeep, end);
  policyCommands(moonkeep.command("policy").description("explain and test the policies of a registry"), end);
  return moonkeep;
}

/** What helps those who write: stubs, schemas, pages, completion. */
function editorCommands(moonkeep: Command, end: (code: ExitCode) => void): void {
  moonkeep
    .command("types")
    .description("write files for the Lua language server: stubs of the modules, and a .luarc.json")
    .argument("[folder]", "the folder to write to", ".")
    .action(async (folder: string) => {
      const { types } = await import("./types.ts");
      end(types(folder));
    });

  moonkeep
    .command("schema")
    .description("print the JSON Schema of registry files")
    .action(async () => {
      const { schema } = await import("./schema.ts");
      end(schema());
    });

  moonkeep
    .command("docs")
    .description("show a page of the documentation, or the documentation of a function")
    .argument("[topic]", "such as stores, time or store.put (default: a list of all pages)")
    .action(async (topic: string | undefined) => {
      const { docs } = await import("./docs.ts");
      end(docs(topic));
    });

  moonkeep
    .command("completion")
    .description("print a script that makes a shell complete commands, options and ids")
    .addArgument(new Argument("<shell>", "which").choices(["bash", "zsh", "fish"]))
    .action(async (shell: "bash" | "zsh" | "fish") => {
      const { completionScripts } = await import("./completion/scripts.ts");
      new Output(1, true).write(Buffer.from(completionScripts[shell]));
    });

  moonkeep
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action(async (words: string[]) => {
      const { candidateLine, candidates } = await import("./completion/candidates.ts");
      new Output(1, true).write(Buffer.from(candidates(moonkeep, words).map(candidateLine).join("")));
    });
}

/** What commands have that run something, and end with it. */
function session(command: Command): Command {
  return scriptOptions(command)
    .addOption(
      new Option(
        "--isolation <where>",
        "run the script in the command's thread, or in a thread that can be killed (default: the registry's, else shared)",
      ).choices(["shared", "worker"]),
    )
    .option(
      "--trace-permissions <file>",
      'allow everything, and write the policies that would have allowed exactly that to a file ("-": standard error)',
    )
    .option("--json", "print the result or the error as JSON; output of the script goes to standard error")
    .option("--watch", "run again whenever the registry or the script changes, until Ctrl-C")
    .passThroughOptions()
    .addHelpText("after", exitCodes);
}

/** What they have that run anything: for whom, under which limits, and what is noted. */
function scriptOptions(command: Command): Command {
  command
    .option(...registryOption)
    .option(...actorOption)
    .option(...metaOption)
    .option(...groupOption);
  return limitFlags(command)
    .option("--no-compile", "only interpret Lua; don't compile code that runs often to JavaScript")
    .option(
      "--audit <file>",
      'append denials, and whatever the registry asks for, to a file as JSON lines ("-": standard error)',
    )
    .addOption(
      new Option(
        "--log-level <level>",
        "write log records of this level and above to standard error as JSON lines; with warn and below, also notes on denials (default: info)",
      ).choices(["debug", "info", "warn", "error", "off"]),
    );
}

function policyCommands(policy: Command, end: (code: ExitCode) => void): void {
  policy
    .command("explain")
    .description("explain whether something is allowed: all policies in force and their conditions")
    .argument("<action>", "such as store.key.set")
    .argument("<resource>", "such as app:sessions")
    .allowExcessArguments() // which are likely meant for an option
    .option(...registryOption)
    .option(...actorOption)
    .option(...metaOption)
    .option(...groupOption)
    .option("--policy <id>", "a single policy in force, instead of the registry's; may be repeated", collect)
    .option(
      "--attr <name=value>",
      "an attribute of the action, such as key=session:1, or JSON after :=; may be repeated",
      pairs,
    )
    .option("--json", "print the explanation as JSON")
    .addHelpText("after", exitCodes)
    .action(async (action: string, resource: string, flags, { args }: Command) => {
      const { policyExplain } = await import("./policy-explain.ts");
      if (args.length > 2) throw wordTooMany(args[2]!);
      end(await policyExplain(action, resource, flags));
    });

  policy
    .command("test")
    .description("check files with expectations: who may do what, and who may not")
    .argument("[files...]", "YAML files with expectations, such as access.test.yaml")
    .option(...registryOption)
    .option("--json", "print the results as JSON")
    .addHelpText("after", exitCodes)
    .action(async (files: string[], flags) => {
      const { policyTest } = await import("./policy-test.ts");
      end(await policyTest(files, flags));
    });
}

/** `moonkeep hello.lua` runs that script; `moonkeep` alone, on a terminal, is a prompt. */
function withVerb(words: readonly string[]): string[] {
  if (words.length === 0 && process.stdin.isTTY === true && process.stdout.isTTY === true) return ["repl"];
  return words[0]?.endsWith(".lua") === true ? ["run", ...words] : [...words];
}

/** Runs the command line and says how it ended. */
export async function main(words: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exit.done;
  try {
    const moonkeep = program((ended) => {
      code = ended;
    });
    await moonkeep.parseAsync(withVerb(words), { from: "user" });
    return code;
  } catch (e) {
    const [ended, says] = ending(e);
    if (says !== undefined) complain(says);
    return ended;
  }
}

/** How a command ends by what it threw, and what is said of it. @throws anything that is our own mistake */
function ending(e: unknown): readonly [ExitCode, says?: string] {
  if (e instanceof CommanderError) {
    if (e.exitCode === 0) return [exit.done];
    return e.code === "commander.help" ? [exit.usage] : [exit.usage, commandLineError(e.code, e.message)];
  }
  const unwritten = e instanceof MoonkeepError ? e.cause : e;
  if (unwritten instanceof OutputError) return [exit.failed, `error: ${printable(unwritten.message)}`];
  if (e instanceof MoonkeepError) {
    // What a run failed with is reported there: this is a registry, or a name on the command line.
    return e.name === "RegistryError"
      ? [exit.registry, printable(e.message)]
      : [exit.usage, printable(`error: ${e.message}`)];
  }
  if (e instanceof UsageError) return [exit.usage, `error: ${printable(e.message)}`];
  if (e instanceof RangeError) return [exit.usage, `error: ${oneLine(e.message)}`];
  throw e;
}

/** Says it on standard error, where that can be written. */
function complain(text: string): void {
  try {
    errorLine(text);
  } catch (e) {
    if (!(e instanceof OutputError)) throw e;
  }
}

/** The commands around a registry: `init` and `check` while it is written, `inspect` and `doctor` while it is used. */
import { type Command, Option } from "commander";
import type { ExitCode } from "./exit.ts";
import { actorOption, exitCodes, groupOption, metaOption, path, paths, registryOption } from "./options.ts";
import { duration, port } from "./units.ts";

export function writingCommands(moonkeep: Command, end: (code: ExitCode) => void): void {
  moonkeep
    .command("init")
    .description("create a first registry, script and tests in a folder; nothing is overwritten")
    .argument("[folder]", "the folder to write to", path, ".")
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
    .argument("[paths...]", "registry files or folders, and Lua files (default: the nearest registry.yaml)", paths)
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
    .argument("<path>", "its folder", path)
    .option("--json", "print it as JSON")
    .addHelpText("after", exitCodes)
    .action(async (path: string, flags) => {
      const { pluginInspect } = await import("./plugin-inspect.ts");
      end(await pluginInspect(path, flags));
    });
}

export function watchingCommands(moonkeep: Command, end: (code: ExitCode) => void): void {
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
}

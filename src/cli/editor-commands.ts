/** What helps those who write: stubs, schemas, pages, completion. */
import { Argument, type Command } from "commander";
import type { ExitCode } from "./exit.ts";
import { path } from "./options.ts";
import { Output } from "./output.ts";

export function editorCommands(moonkeep: Command, end: (code: ExitCode) => void): void {
  moonkeep
    .command("types")
    .description("write files for the Lua language server: stubs of the modules, and a .luarc.json")
    .argument("[folder]", "the folder to write to", path, ".")
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

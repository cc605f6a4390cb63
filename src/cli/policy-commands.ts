/** The words of `moonkeep policy`. */
import type { Command } from "commander";
import { wordTooMany } from "./errors.ts";
import type { ExitCode } from "./exit.ts";
import { actorOption, collect, exitCodes, groupOption, metaOption, paths, registryOption } from "./options.ts";
import { pairs } from "./pairs.ts";

export function policyCommands(policy: Command, end: (code: ExitCode) => void): void {
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
    .argument("[files...]", "YAML files with expectations, such as access.test.yaml", paths)
    .option(...registryOption)
    .option("--json", "print the results as JSON")
    .addHelpText("after", exitCodes)
    .action(async (files: string[], flags) => {
      const { policyTest } = await import("./policy-test.ts");
      end(await policyTest(files, flags));
    });
}

/** Every type of moonkeep's own that stands in a public signature can be named: it is exported, too. */
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { project } from "../support/cli.ts";

it("what public signatures name is exported", () => {
  const index = join(project, "dist/index.d.ts");
  const program = ts.createProgram([index], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  const checker = program.getTypeChecker();
  const resolved = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const root = checker.getSymbolAtLocation(program.getSourceFile(index)!)!;
  const direct = checker.getExportsOfModule(root).map(resolved);
  const exported = new Set([
    ...direct,
    ...direct.flatMap((one) =>
      one.flags & ts.SymbolFlags.Module ? checker.getExportsOfModule(one).map(resolved) : [],
    ),
  ]);
  const missing = new Set<string>();

  function look(node: ts.Node): void {
    if (ts.isConstructorDeclaration(node)) return; // what is made elsewhere
    if (ts.getCombinedModifierFlags(node as ts.Declaration) & ts.ModifierFlags.Private) return;
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
      const name = ts.isTypeReferenceNode(node) ? node.typeName : node.expression;
      const symbol = checker.getSymbolAtLocation(name);
      const target = symbol && resolved(symbol);
      const isOurs = target?.declarations?.some(
        (one) => one.getSourceFile().fileName.startsWith(join(project, "dist")) && !ts.isTypeParameterDeclaration(one),
      );
      if (isOurs && !exported.has(target!)) missing.add(target!.name);
    }
    ts.forEachChild(node, look);
  }
  for (const symbol of exported) for (const one of symbol.declarations ?? []) if (!ts.isSourceFile(one)) look(one);
  expect([...missing].sort()).toEqual([]);
});

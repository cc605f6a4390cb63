/** A browser of this machine, without a window: Chromium, or one that is made of it. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { leftOut } from "./services.ts";

const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const path = process.env.MOONKEEP_TEST_BROWSER ?? usual.find(existsSync);

/** Tests that need one. */
export function withBrowser(tests: (open: () => Promise<Browser>) => void): void {
  if (path === undefined) leftOut("Chromium (MOONKEEP_TEST_BROWSER may name its path)");
  // Its sandbox is for pages of strangers, and can't be had by root, who runs tests in a container.
  else tests(() => chromium.launch({ executablePath: path, args: ["--no-sandbox"] }));
}

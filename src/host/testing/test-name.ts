/** Names of files that are tests: what `moonkeep test` runs of a folder, and what may require the module `test`. */
export const testName = /_test\.lua$/;

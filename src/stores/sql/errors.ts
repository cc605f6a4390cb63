/** Every sentence that is said of tables. */

export const notAnIdentifier = (name: string): string => `not an identifier: ${name}`;

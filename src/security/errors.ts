/** Every sentence that is said of actors, attributes and policies. */

export const actorIdEmpty = "actor: the id must be a string that is not empty";

export const notAnObject = (path: string): string => `${path} must be an object`;

export const nestedTooDeep = (path: string, most: number): string => `${path}: nested deeper than ${most} levels`;

export const notData = (path: string, got: string): string =>
  `${path}: expected a string, a number, a boolean, a list or an object, got ${got}`;

export const takesNoValueFrom = (operator: string): string => `"${operator}" takes no value; leave value_from out`;

export const takesNoValue = (operator: string): string => `"${operator}" takes no value; leave value out`;

export const oneValueNeeded = (operator: string): string => `"${operator}" needs either value or value_from`;

export const patternNotString = "a pattern must be a string";

export const listNeeded = (operator: string): string => `"${operator}" needs a list`;

export const noSuchField = (name: string, known: string): string =>
  `there is no field "${name}"; the fields are ${known}`;

export const atCharacter = (character: number, message: string): string =>
  `character ${character} of the expression: ${message}`;

export const emptyPolicy = (field: string): string => `a policy without ${field} matches nothing; give at least one`;

/** Every sentence that is said of what is wrong with what scripts give to modules. */

export const notBase64 = (character: string, place: number): string =>
  `${character}, character ${place}, is not a base64 character`;

export const endsWithinByte = "it ends in the middle of a byte";

export const wrongPadding = (missing: number, padding: number): string =>
  `expected ${missing} "=" at the end, got ${padding}`;

export const channelSize = (size: number): string => `size: expected 0 or more, got ${size}`;

export const notInContext = (key: string): string => `there is no "${key}" in the context of this call`;

export const emptyString = (name: string): string => `${name}: expected a string that is not empty`;

export const tooLong = (name: string, most: number, given: number): string =>
  `${name}: expected at most ${most} bytes, got ${given}`;

export const derivedKeyLength = (most: number, given: number): string =>
  `key_length: expected 1 to ${most} bytes, got ${given}`;

export const tooManyIterations = (most: number, given: number): string =>
  `iterations: expected 1 to ${most} for all blocks of the key together, got ${given}`;

export const variableDenied = (verb: string, key: string): string => `not allowed to ${verb} variable: ${key}`;

export const noSuchVariable = (key: string): string =>
  `there is no variable "${key}"; a registry declares variables as env.variable`;

export const variableNotSet = (key: string): string => `the variable "${key}" is not set`;

export const variableReadOnly = (key: string): string => `the variable "${key}" is read-only`;

export const notInError = (place: string, what: string): string => `${place}: ${what} can't be part of an error`;

export const messageExpected = (type: string): string => `errors.new: expected a message, got ${type}`;

export const unknownErrorField = (field: string): string =>
  `errors.new: there is no field "${field}"; the fields are message, kind, retryable, details`;

export const messageNotString = "errors.new: the field message must be a string";

export const kindNotString = "errors.new: the field kind must be a string";

export const retryableNotBoolean = "errors.new: the field retryable must be a boolean";

export const detailsNotTable = "errors.new: the field details must be a table";

export const errorExpected = (type: string): string => `errors.wrap: expected an error or a string, got ${type}`;

export const eventTooLarge = (most: number, size: number): string =>
  `data: an event can have at most ${most} bytes, got about ${size}`;

export const tooManySubscriptions = (most: number): string =>
  `a script can have at most ${most} subscriptions at a time, those of the functions that it calls included`;

export const tooManyLocks = (most: number): string =>
  `a script can hold at most ${most} locks at a time, those of the functions that it calls included; release one first`;

export const notSendable = (place: string, what: string): string => `${place}: ${what} can't be sent`;

export const systemReserved = (system: string): string => `system: "${system}" is reserved for the host`;

export const sendDenied = (system: string): string => `not allowed to send events of: ${system}`;

export const tooManyStars = (most: number, given: number): string =>
  `system: expected at most ${most} "*", got ${given}`;

export const subscribeDenied = (system: string): string => `not allowed to subscribe to events of: ${system}`;

export const notEvaluated =
  "expression: it can't be evaluated with these values: a type does not fit, or it takes too long";

export const expressionProblem = (message: string, character: number): string =>
  `expression: ${message} (at character ${character})`;

export const expressionNotString = (type: string): string => `expression: expected a string, got ${type}`;

export const expressionTooLong = (most: number, given: number): string =>
  `expression: expected at most ${most} bytes, got ${given}`;

export const emptyExpression = "expression: expected a string that is not empty";

export const envNotTable = (type: string): string => `env: expected a table, got ${type}`;

export const notPlainData = (place: string, what: string): string => `${place}: ${what} is not plain data`;

export const flagsExpected = (known: string): string => `opts: expected a table of options; the options are ${known}`;

export const unknownFlag = (name: string, known: string): string =>
  `opts: there is no option "${name}"; the options are ${known}`;

export const expectedBoolean = (name: string, got: string): string => `${name}: expected a boolean, got ${got}`;

export const expectedStrings = (name: string, got: string): string => `${name}: expected a list of strings, got ${got}`;

export const expectedOneOf = (name: string, expected: string, got: string): string =>
  `${name}: expected ${expected}, got ${got}`;

export const expectedNumber = (name: string, kind: string, range: string, got: string): string =>
  `${name}: expected a ${kind}number, ${range}, got ${got}`;

export const functionIdRequired = "function id is required";

export const notAFunctionId = (id: string): string => `expected the id of a function, namespace:name; got "${id}"`;

export const notPassable = (place: string, what: string): string => `${place}: ${what} can't be passed to a function`;

export const valuesNotTable = (type: string): string => `values: expected a table, got ${type}`;

export const notAValueName = (key: string): string => `values: expected names and values, but ${key} is not a name`;

export const notInContextValues = (place: string, what: string): string =>
  `${place}: ${what} can't be part of a context`;

export const unknownCallOption = (option: string): string =>
  `options: there is no option "${option}"; the only option is timeout`;

export const callTimeout = "options.timeout: expected a number of milliseconds above 0";

export const loggerNameTooLong = (most: number, given: number): string =>
  `name: expected at most ${most} bytes in total, got ${given}`;

export const recordTooLarge = (most: number, given: number): string =>
  `record: expected at most ${most} bytes in total, got ${given}`;

export const logDenied = (resource: string): string => `not allowed to log to: ${resource}`;

export const fieldsNotTable = (type: string): string => `fields: expected a table, got ${type}`;

export const notLoggable = (place: string, what: string): string => `${place}: ${what} can't be logged`;

export const tooManyFields = (most: number, parts: number): string =>
  `fields: expected at most ${most} values in total, got ${parts}`;

export const expectedString = (name: string, type: string): string => `${name}: expected a string, got ${type}`;

export const expectedType = (name: string, expected: string, got: string): string =>
  `${name}: expected a ${expected}, got ${got}`;

export const expectedTable = (name: string, type: string): string => `${name}: expected a table, got ${type}`;

export const metaIsList = "meta: expected names and values, got a list";

export const tooManyChanges = (most: number): string =>
  `a scope can't be changed more than ${most} times in a row; make a new one of policies with security.new_scope`;

export const metaTooMany = (most: number): string =>
  `meta: expected at most ${most} fields and parts in total, got more`;

export const metaTooLong = (most: number, given: number): string =>
  `meta: expected at most ${most} bytes of names and strings in total, got ${given}`;

export const policiesNotList = (type: string): string => `policies: expected a list of policies, got ${type}`;

export const notAUuid = (name: string, given: string): string => `${name}: not a UUID: ${given}`;

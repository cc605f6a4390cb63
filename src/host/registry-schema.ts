import { kinds } from "../kinds/index.ts";
import { jsonSchema } from "../registry/json-schema.ts";

/** The JSON Schema (draft-07) of registry files with all kinds that a host knows. */
export const registrySchema = (): ReturnType<typeof jsonSchema> => jsonSchema(kinds);

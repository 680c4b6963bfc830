/** Writes schema.json, what Pulumi infers from the source for other languages. A test compares it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inferredSchema } from "../test/package/inferred-schema";

writeFileSync(join(__dirname, "..", "schema.json"), inferredSchema());

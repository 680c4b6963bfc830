import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema";

const checkout = dirname(dirname(__dirname));

/** The components that the package offers to every language. */
const components = new Set(["AppArmorHost", "AppArmorProfile", "ClusterProfileDistribution"]);

/**
 * The package's schema as Pulumi infers it from the source. The version is left out: the schema is about the
 * arguments, and would otherwise change with every release.
 */
export function inferredSchema(): string {
	const packageJson = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
	const found = new Analyzer(checkout, packageJson.name, packageJson, components).analyze();
	const schema = generateSchema(
		packageJson.name,
		"",
		packageJson.description,
		found.components,
		found.typeDefinitions,
		found.dependencies,
	);
	return `${JSON.stringify(schema, null, "\t")}\n`;
}

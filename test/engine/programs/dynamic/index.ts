import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

const path = process.env.TEST_FILE as string;

/** Reads a file anew with every refresh. */
class Mirror extends pulumi.dynamic.Resource {
	declare readonly content: pulumi.Output<string>;

	constructor(name: string, path: string) {
		const provider: pulumi.dynamic.ResourceProvider = {
			create: async (inputs) => ({ id: "mirror", outs: { ...inputs, content: readFileSync(inputs.path, "utf8") } }),
			read: async (id, props) => ({ id, props: { ...props, content: readFileSync(props?.path, "utf8") } }),
		};
		super(provider, name, { path, content: undefined });
	}
}

export const content = new Mirror("mirror", path).content;

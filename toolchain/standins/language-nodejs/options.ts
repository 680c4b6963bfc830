import type { ProgramInfo } from "@pulumi/pulumi/proto/language_pb";

/** What `runtime: { name: nodejs, options: … }` in Pulumi.yaml can say. */
export interface RuntimeOptions {
	typescript: boolean;
	tsconfig?: string;
	nodeargs: string[];
	packagemanager: string;
}

export function runtimeOptions(info: ProgramInfo | undefined): RuntimeOptions {
	const given = (info?.getOptions()?.toJavaScript() ?? {}) as Record<string, unknown>;
	const check = (key: string, type: "string" | "boolean") => {
		const value = given[key];
		if (value !== undefined && typeof value !== type) throw new Error(`${key} option must be a ${type}`);
		return value;
	};
	return {
		typescript: (check("typescript", "boolean") as boolean | undefined) ?? true,
		tsconfig: check("tsconfig", "string") as string | undefined,
		nodeargs: splitWords((check("nodeargs", "string") as string | undefined) ?? ""),
		packagemanager: (check("packagemanager", "string") as string | undefined) ?? "npm",
	};
}

/** The environment variables by which @pulumi/pulumi's `run` is told these options. */
export function optionsEnvironment(options: RuntimeOptions): Record<string, string> {
	return {
		...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
		...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
	};
}

/** Splits as a shell does, with quotes and backslashes but nothing expanded. */
export function splitWords(text: string): string[] {
	const words = text.match(/(?:\\[\s\S]|"(?:\\[\s\S]|[^"\\])*"|'[^']*'|[^\s"'\\])+/g) ?? [];
	return words.map((word) => word.replace(/\\([\s\S])|'([^']*)'|"/g, (_, escaped, quoted) => escaped ?? quoted ?? ""));
}

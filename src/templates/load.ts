import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Template } from "../profile/template";
import type { TemplateSource } from "../profile/template-syntax";

/** The templates that come with the package; the same folder seen from src/ and from dist/. */
const builtInFolder = join(__dirname, "..", "..", "templates");

const extension = ".hbs";

/** A template that cannot be found or read. */
export class TemplateNotFound extends Error {
	override readonly name = "TemplateNotFound";
}

/**
 * Reads a template and the partials that it may include: those in `partials/` beside it, and those of the
 * package.
 *
 * @param template a file (anything with a "/" or ending in ".hbs", relative to the program's working folder),
 * or the name of a template of the package, such as "custom-application".
 * @throws TemplateNotFound naming what was looked for and what there is.
 */
export function loadTemplate(template: string): Template {
	const isFile = template.includes("/") || template.endsWith(extension);
	const path = isFile ? resolve(template) : join(builtInFolder, template + extension);
	if (!isFile && !builtInTemplates().includes(template)) {
		throw new TemplateNotFound(
			`there is no template called ${JSON.stringify(template)} in the package, which has ${builtInTemplates().join(", ")}; a file of your own is written with its folder, such as "./${template}.hbs"`,
		);
	}
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code;
		const why = code === "ENOENT" ? "there is no such file" : (error as Error).message;
		throw new TemplateNotFound(`${JSON.stringify(template)} cannot be read: ${why} (looked for ${path})`, {
			cause: error,
		});
	}
	return {
		label: isFile ? template : `${template}${extension}`,
		text,
		partials: {
			...readPartials(join(builtInFolder, "partials")),
			...readPartials(join(dirname(path), "partials")),
		},
	};
}

/** The names of the templates that come with the package, sorted. */
export function builtInTemplates(): string[] {
	return readdirSync(builtInFolder)
		.filter((file) => file.endsWith(extension))
		.map((file) => basename(file, extension))
		.sort();
}

function readPartials(folder: string): Record<string, TemplateSource> {
	if (!existsSync(folder)) return {};
	const partials: Record<string, TemplateSource> = {};
	for (const file of readdirSync(folder).sort()) {
		if (!file.endsWith(extension)) continue;
		partials[basename(file, extension)] = {
			label: `partials/${file}`,
			text: readFileSync(join(folder, file), "utf8"),
		};
	}
	return partials;
}

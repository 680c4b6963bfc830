import Handlebars from "handlebars";
import { renderHelpers } from "./helpers";
import { type LineMap, lineMapOf } from "./line-map";
import {
	emitHelper,
	mark,
	markPattern,
	needHelper,
	type PreparedTemplate,
	prepareTemplate,
	TemplateError,
	type TemplateSource,
	type Use,
} from "./template-syntax";
import { usedValueProblem } from "./values";

/** A template with everything that rendering it takes: the partials that it and they include, by name. */
export interface Template extends TemplateSource {
	partials: Record<string, TemplateSource>;
}

export interface RenderedTemplate {
	text: string;
	lines: LineMap;
}

/**
 * Renders a template strictly: a value that is missing or not used, an unknown helper or partial, and a
 * value that could change the policy's structure are errors. The same input gives the same bytes.
 *
 * @param context what the template sees beside the values, under `profile`.
 * @throws TemplateError with one line a problem, each naming the value, and the template's file and line.
 */
export function renderTemplate(
	template: Template,
	values: Record<string, unknown>,
	context: { profile: Record<string, unknown> },
): RenderedTemplate {
	const labels = [template.label];
	const main = prepareTemplate(template, 0);
	const partials = preparePartials(template, main, labels);
	const problems = new Set(unknownValues(template.label, values, [main, ...Object.values(partials)]));
	const render = compile(main, partials, labels, problems);
	let marked = "";
	try {
		marked = render({ ...values, ...context });
	} catch (error) {
		throw new TemplateError(`${template.label}: ${(error as Error).message}`, { cause: error });
	}
	if (problems.size > 0) throw new TemplateError([...problems].join("\n"));
	return readMarks(marked, labels);
}

function preparePartials(
	template: Template,
	main: PreparedTemplate,
	labels: string[],
): Record<string, PreparedTemplate> {
	const prepared: Record<string, PreparedTemplate> = {};
	const visit = (from: PreparedTemplate, label: string) => {
		for (const { name, line } of from.partialNames) {
			if (Object.hasOwn(prepared, name)) continue;
			const source = Object.hasOwn(template.partials, name) ? template.partials[name] : undefined;
			if (!source) {
				const known = Object.keys(template.partials).sort().join(", ") || "none";
				throw new TemplateError(`${label}:${line}: unknown partial "${name}"; there are: ${known}`);
			}
			const partial = prepareTemplate(source, labels.push(source.label) - 1);
			prepared[name] = partial;
			visit(partial, source.label);
		}
	};
	visit(main, template.label);
	return prepared;
}

/** A value that no template uses is a misspelt one, more often than not. */
function unknownValues(label: string, values: Record<string, unknown>, all: PreparedTemplate[]): string[] {
	const used = new Set(all.flatMap((prepared) => [...prepared.valueNames]));
	used.delete("profile");
	const known = [...used].sort().join(", ") || "none";
	return Object.keys(values)
		.filter((name) => !used.has(name))
		.map((name) => `values.${name}: ${label} uses no such value; it uses: ${known}`);
}

function compile(
	main: PreparedTemplate,
	partials: Record<string, PreparedTemplate>,
	labels: string[],
	problems: Set<string>,
): Handlebars.TemplateDelegate {
	const reported = new Set<string>();
	const need = (value: unknown, shown: string, place: string, use: Use, options: HelperOptions): unknown => {
		const [source, line] = place.split(":").map(Number) as [number, number];
		const property = propertyOf(shown, options.data.contextPath);
		const problem =
			property === "attachment" && value === undefined
				? "the template needs it: set the property attachment"
				: usedValueProblem(value, use);
		if (problem === undefined) return value;
		if (!reported.has(property)) problems.add(`${property}: ${problem} (${labels[source]}:${line})`);
		reported.add(property);
		return use === "list" ? [] : "";
	};
	const emit = (value: unknown, shown: string, place: string, use: Use, options: HelperOptions): string => {
		const [source, line] = place.split(":").map(Number) as [number, number];
		return mark(source, line) + String(need(value, shown, place, use, options));
	};
	const environment = Handlebars.create();
	const builtInEach = environment.helpers.each as Handlebars.HelperDelegate;
	function each(this: unknown, ...[list, shown, place, use, options]: Parameters<typeof need>): string {
		return builtInEach.call(this, need(list, shown, place, use, options), options as never);
	}
	environment.registerHelper({ ...renderHelpers, each, [needHelper]: need, [emitHelper]: emit } as never);
	const own = [...Object.keys(renderHelpers), needHelper, emitHelper];
	const options = {
		noEscape: true,
		// Not in Handlebars' types: helpers learn from it which value a block stands in.
		trackIds: true,
		knownHelpers: Object.fromEntries(own.map((name) => [name, true])) as never,
		knownHelpersOnly: true,
	};
	for (const [name, partial] of Object.entries(partials))
		environment.registerPartial(name, environment.compile(partial.program, options));
	return environment.compile(main.program, options);
}

interface HelperOptions {
	/** Which value a block stands in, such as "networkFamilies.0". */
	data: { contextPath?: string };
}

/** "values.paths.0" for `this` within `{{#each paths}}`; "attachment" for `profile.attachment`. */
function propertyOf(shown: string, contextPath: string | undefined): string {
	if (shown.startsWith("profile.")) return shown.slice("profile.".length);
	const outer = shown.startsWith("../");
	const own = shown.replace(/^(\.\.\/)+/, "").replace(/^(this|\.)([./]|$)/, "");
	return ["values", outer ? "" : (contextPath ?? ""), own].filter((part) => part !== "").join(".");
}

/** Takes the marks out of rendered text and turns them into the map of its lines. */
function readMarks(marked: string, labels: string[]): RenderedTemplate {
	const all = new RegExp(markPattern, "g");
	const lines = marked.split("\n");
	const origins = lines.map((line) => {
		const match = markPattern.exec(line);
		return match ? { source: Number(match[1]), line: Number(match[2]) } : undefined;
	});
	return { text: lines.map((line) => line.replaceAll(all, "")).join("\n"), lines: lineMapOf(labels, origins) };
}

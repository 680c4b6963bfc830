import { dirname, join } from "node:path";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { PolicyError } from "./policy/errors";
import { RenderError } from "./profile/render";
import type { Problem } from "./profile/spec";
import { TemplateError } from "./profile/template-syntax";
import { TemplateNotFound } from "./templates/load";

/** One error for everything that is wrong with a resource's inputs, each reason starting with its property. */
export function inputError(resource: string, problems: Problem[]): pulumi.InputPropertiesError {
	const errors = problems.map(({ property, reason }) => ({
		propertyPath: property,
		reason: `${property}: ${reason}`,
	}));
	const count = errors.length === 1 ? "a problem" : `${errors.length} problems`;
	const list = errors.map((error) => `\n  - ${error.reason}`).join("");
	const error = new pulumi.InputPropertiesError({ message: `${resource} has ${count}:${list}`, errors });
	const shown = error.message + callerLine(error.stack);
	error.stack = shown;
	// Else what the error carries would be printed below it, where all of this would be said a second time.
	Object.defineProperty(error, inspect.custom, { value: () => shown });
	return error;
}

const ownFolders = ["src", "dist"].map((folder) => join(dirname(__dirname), folder, "/"));

/** The one line of a stack that a person can do something with: the first outside of this package and Pulumi's. */
function callerLine(stack = ""): string {
	const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
	const others = frames.filter((line) => !line.includes("@pulumi") && !ownFolders.some((own) => line.includes(own)));
	return others.length === 0 ? "" : `\n${others[0]}`;
}

/**
 * The problems that an error of loading or rendering tells of: a line each, `values.x: reason` or about the
 * template or policy as a whole. Any other error is thrown on.
 */
export function renderProblems(error: unknown, spec: { template?: unknown }): Problem[] {
	const known = [TemplateError, TemplateNotFound, RenderError, PolicyError].some((kind) => error instanceof kind);
	if (!known) throw error;
	return (error as Error).message.split("\n").map((line) => {
		const [, property, reason] = /^(values\.[^:]+|attachment): (.*)$/.exec(line) ?? [];
		if (property && reason) return { property, reason };
		return { property: spec.template === undefined ? "policy" : "template", reason: line };
	});
}

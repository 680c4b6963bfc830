import type { Command } from "commander";
import { includesFrom } from "../includes/includes";
import { comparePolicies, type PolicyComparison } from "../policy/compare/compare";
import { type Console, printable, styled } from "./console";
import { exitCodes, UserError } from "./exit";
import { readText, standardInput } from "./input";
import { repeated } from "./options";

interface Options {
	include: string[];
	json?: true;
}

/** `diff A B`: what changes in effect from one policy to another. */
export function addDiff(program: Command, console: Console, exit: (code: number) => void): void {
	program
		.command("diff")
		.summary("what changes in effect from one policy to another")
		.description(
			"Compares two policies by what they allow, not by their text: reordered, reformatted or differently split rules are equal. Names what is newly allowed (widened), what no longer is (narrowed), and what is only logged differently.",
		)
		.argument("<a>", 'the policy as it was; "-" is standard input')
		.argument("<b>", "the policy as it will be")
		.option(
			"-I, --include <folder>",
			"where <…> is looked for, in place of /etc/apparmor.d; may be repeated",
			repeated,
			[],
		)
		.option("--json", "the comparison as JSON")
		.addHelpText(
			"after",
			`
Exit codes: 0 equal, 1 different, 2 a policy cannot be read.

Examples:
  $ pulumi-apparmor diff myapp.old myapp.new
  $ git show main:profiles/myapp.apparmor | pulumi-apparmor diff - profiles/myapp.apparmor`,
		)
		.action(async (a: string, b: string, options: Options) => {
			if (a === "-" && b === "-") throw new UserError("one of the two policies must be a file");
			const include = includesFrom(options.include);
			const [before, after] = [await readText(a, console), await readText(b, console)];
			const comparison = comparePolicies(before, after, {
				...(include === undefined ? {} : { include }),
				files: [a, b].map((file) => (file === "-" ? standardInput : file)),
			});
			if (options.json) console.stdout.write(`${JSON.stringify(comparison, null, "\t")}\n`);
			else report(comparison, console);
			exit(comparison.equal ? exitCodes.ok : exitCodes.findings);
		});
}

function report(comparison: PolicyComparison, console: Console): void {
	const sections = [
		["widened", "red", comparison.widened],
		["narrowed", "yellow", comparison.narrowed],
		["audited differently", "cyan", comparison.auditChanged],
	] as const;
	for (const [title, colour, changes] of sections) {
		if (changes.length === 0) continue;
		console.stdout.write(`${styled(console, ["bold", colour], title)}\n`);
		for (const change of changes) console.stdout.write(`  ${printable(change.text)}\n`);
	}
}

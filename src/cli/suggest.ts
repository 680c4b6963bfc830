import { type Command, Option } from "commander";
import { countEvents } from "../audit/aggregate";
import { formatJson } from "../audit/suggest/format/json";
import { formatPatch } from "../audit/suggest/format/patch";
import { formatProfile } from "../audit/suggest/format/profile";
import { formatTemplatePatch } from "../audit/suggest/format/template-patch";
import { type Suggestion, suggestRules } from "../audit/suggest/suggest";
import { includesFrom } from "../includes/includes";
import { lineOfSource } from "../profile/line-map";
import { renderPolicy } from "../profile/render";
import { policyInput } from "../profile/spec";
import { loadTemplate } from "../templates/load";
import { type Console, printable, styled } from "./console";
import { exitCodes, UserError } from "./exit";
import { readText } from "./input";
import { logRecords } from "./log";
import { repeated } from "./options";
import { addSpecOptions, type SpecOptions, templateSpec } from "./spec-options";

interface Options extends SpecOptions {
	profile?: string;
	only?: string;
	format: "profile" | "patch" | "json";
	include: string[];
	generalise: boolean;
	abstractions: boolean;
	container?: true;
	exitCode?: true;
	quiet?: true;
}

/** `suggest [FILE…]`: a log → the rules that would allow what it shows. */
export function addSuggest(program: Command, console: Console, exit: (code: number) => void): void {
	addSpecOptions(
		program
			.command("suggest")
			.summary("a log → the rules that are missing")
			.description(
				"Turns what the kernel logged in complain mode (or denied in enforce mode) into rules: only what the policy does not allow already, with paths generalised and abstractions used where that is safe. What needs a person's decision is marked and said on standard error. docs/learning.md tells how to go from an empty profile to an enforced one.",
			)
			.argument("[file...]", 'the logs; none, or "-", is standard input')
			.option(
				"-p, --profile <policy>",
				"the policy file that the program runs under now, or (ending in .hbs, with the options of render) its template",
			)
			.option("--only <name>", "only this profile's events, with its children and hats")
			.addOption(
				new Option("-f, --format <format>", "whole profiles, a patch on the policy, or JSON")
					.choices(["profile", "patch", "json"])
					.default("profile"),
			)
			.option(
				"-I, --include <folder>",
				"where <…> and the abstractions are, in place of /etc/apparmor.d; may be repeated",
				repeated,
				[],
			)
			.option("--no-generalise", "every path exactly as it was seen")
			.option("--no-abstractions", "no abstraction in place of several rules")
			.option("--container", "the profiles are for containers")
			.option("--exit-code", "exit with 1 when something is proposed, as for a pipeline that waits for nothing more")
			.option("-q, --quiet", "no words about the rules"),
	)
		.addHelpText(
			"after",
			`
Examples:
  $ journalctl -k -b | pulumi-apparmor suggest --profile myapp.apparmor --format patch | patch -p0
  $ pulumi-apparmor suggest kernel.log --profile myapp.hbs --name myapp --values dev.yaml --format patch
  $ pulumi-apparmor suggest --no-generalise /var/log/audit/audit.log
  $ ssh web-1 sudo dmesg | pulumi-apparmor suggest --profile myapp.apparmor --exit-code`,
		)
		.action(async (files: string[], options: Options) => {
			if (options.format === "patch" && options.profile === undefined)
				throw new UserError("--format patch needs the policy to patch: --profile FILE");
			if (options.profile === "-" && (files.length === 0 || files.includes("-")))
				throw new UserError("standard input is either the policy (--profile -) or the log");
			const current =
				options.profile === undefined ? undefined : await currentPolicy(options.profile, options, console);
			const include = includesFrom(options.include);
			const { groups, note } = await countEvents(logRecords(files, console, options.only));
			const suggestions = suggestRules(groups, {
				...(current === undefined ? {} : { policy: current.policy }),
				...(include === undefined ? {} : { include }),
				generalise: options.generalise,
				abstractions: options.abstractions,
				container: options.container ?? false,
			});
			if (note !== undefined) console.stderr.write(`${styled(console, "yellow", "note:")} ${printable(note)}\n`);
			if (!options.quiet) explain(suggestions, console);
			console.stdout.write(formatted(suggestions, options.format, current));
			exit(options.exitCode && suggestions.length > 0 ? exitCodes.findings : exitCodes.ok);
		});
}

/** The policy that the program runs under, and how rules are put into the file that it comes from. */
interface Current {
	policy: string;
	patch(suggestions: Suggestion[]): string;
}

async function currentPolicy(file: string, options: Options, console: Console): Promise<Current> {
	if (!file.endsWith(".hbs")) {
		const policy = await readText(file, console);
		return { policy, patch: (suggestions) => formatPatch(suggestions, { policy, file }) };
	}
	// Not as it is loaded: in complain mode it is without its deny rules, and would be proposed their contrary.
	const spec = await templateSpec(file, options, "enforce", console);
	const template = loadTemplate(file);
	const { text, lines } = renderPolicy(policyInput(spec, () => template));
	const templateLine = (policyLine: number) => lineOfSource(lines, policyLine, 0);
	const patch = (suggestions: Suggestion[]) =>
		formatTemplatePatch(suggestions, { policy: text, template: template.text, file, templateLine });
	return { policy: text, patch };
}

function formatted(suggestions: Suggestion[], format: Options["format"], current: Current | undefined): string {
	if (format === "json") return formatJson(suggestions);
	if (format === "patch" && current) return current.patch(suggestions);
	// Remarks are for those who review a patch; here they are on standard error.
	return formatProfile(suggestions, { comments: false });
}

/** What a person wants to know beside the rules: first what they must decide, then why each is there. */
function explain(suggestions: Suggestion[], console: Console): void {
	const marks = {
		ok: styled(console, "green", "ok"),
		review: styled(console, "yellow", "review"),
		dangerous: styled(console, "red", "dangerous"),
	};
	for (const { level, profile, text, reason, needsReview, provenance } of suggestions) {
		const why = needsReview === undefined ? reason : `${reason}; ${needsReview}`;
		const [rule] = text.split("\n");
		console.stderr.write(
			`${marks[level]}: ${printable(profile)}: ${printable(rule ?? "")} (${provenance.count === 1 ? "once" : `${provenance.count} times`}): ${printable(why)}\n`,
		);
	}
	if (suggestions.length === 0) console.stderr.write("nothing is missing\n");
}

import type { Abi, Conditional, Include, Policy, Profile, Statement } from "../ast";
import { printGroup } from "../rules/conditions";
import { printQualifiers, printRule } from "./rule";
import { printListWord, printName, printPath, quote, withNamespace } from "./word";

export { printRule } from "./rule";

const indent = "  ";

/**
 * The text of a policy in the style of AppArmor's own: a statement a line, two spaces a block. It means what the policy
 * means, and reading and printing it again gives the same text.
 */
export function printPolicy(policy: Policy): string {
	const lines: string[] = [];
	printAll(policy.statements, "", lines);
	return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** The text of one statement, its block and comment with it, without a line end behind it. */
export function printStatement(statement: Statement): string {
	const lines: string[] = [];
	print(statement, "", lines);
	return lines.join("\n");
}

function printAll(statements: readonly Statement[], margin: string, lines: string[]): void {
	for (const [index, statement] of statements.entries()) {
		if (statement.spaced && index > 0) lines.push("");
		print(statement, margin, lines);
	}
}

function print(statement: Statement, margin: string, lines: string[]): void {
	switch (statement.kind) {
		case "comment":
			for (const text of commentLines(statement.text)) lines.push(margin + text);
			return;
		case "profile":
			printBlock(printHeader(statement), statement, margin, lines);
			return;
		case "block":
			printBlock([...printQualifiers(statement.qualifiers), "{"].join(" "), statement, margin, lines);
			return;
		case "conditional":
			printConditional(statement, margin, lines);
			return;
		default:
			lines.push(margin + printLine(statement) + commentBehind(statement));
	}
}

function printLine(statement: Exclude<Statement, { kind: "comment" | "profile" | "block" | "conditional" }>): string {
	switch (statement.kind) {
		case "abi":
			return `abi ${printFile(statement)},`;
		case "include":
			return `include ${statement.ifExists ? "if exists " : ""}${printFile(statement)}`;
		case "alias":
			return `alias ${printPath(statement.from)} -> ${printName(statement.to)},`;
		case "variable":
			return `@{${statement.name}} ${statement.operator} ${statement.values.map(printName).join(" ")}`;
		case "boolean":
			return `$${statement.name} = ${statement.value}`;
		default:
			return printRule(statement);
	}
}

function printFile({ path, magic }: Abi | Include): string {
	return magic ? `<${path}>` : quote(path);
}

function printBlock(
	header: string,
	block: { body: readonly Statement[]; comment?: string },
	margin: string,
	lines: string[],
): void {
	lines.push(margin + header + commentBehind(block));
	printAll(block.body, margin + indent, lines);
	lines.push(`${margin}}`);
}

function printConditional(conditional: Conditional, margin: string, lines: string[]): void {
	printBlock(`if ${conditional.condition} {`, conditional, margin, lines);
	let rest = conditional.otherwise;
	while (rest) {
		lines.pop();
		const [only] = rest;
		if (rest.length === 1 && only?.kind === "conditional") {
			printBlock(`} else if ${only.condition} {`, only, margin, lines);
			rest = only.otherwise;
		} else {
			printBlock("} else {", { body: rest }, margin, lines);
			rest = undefined;
		}
	}
}

function printHeader(profile: Profile): string {
	const { hat, keyword, namespace, attachment, flags, xattrs } = profile;
	const name = withNamespace(namespace, profile.name);
	const words: string[] = [];
	if (hat && !keyword) words.push(`^${printName(name)}`);
	else if (keyword) words.push(hat ? "hat" : "profile", printName(name));
	else words.push(printPath(name));
	if (attachment !== undefined) words.push(printPath(attachment));
	words.push(
		...printGroup(
			"xattrs",
			xattrs.map((each) => ({ name: each.name, operator: "=", values: each.value === "" ? [] : [each.value] })),
		),
	);
	if (flags.length > 0) words.push(`flags=(${flags.map(printListWord).join(", ")})`);
	return `${words.join(" ")} {`;
}

function commentBehind({ comment }: { comment?: string }): string {
	return comment === undefined ? "" : ` ${commentLines(comment).join(" ")}`;
}

/** "#include" would be read as one, and a line end would end the comment. */
function commentLines(text: string): string[] {
	return text.split(/\r?\n/).map((line) => `# ${line.replace(/^#/, "")}`.replace(/^# (?!include)/, "#").trimEnd());
}

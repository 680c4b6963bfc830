import type { Include, Policy, Statement } from "../ast";
import { PolicyError } from "../errors";
import { readPolicy } from "../parse/parse";
import type { IncludeReader } from "./expanded";

/** How deep includes may stand in each other; deeper is taken for a loop. */
const maxDepth = 30;

/** The most files that one policy may include. */
const maxFiles = 10_000;

/** What is left behind by package managers and editors, which `apparmor_parser` skips in a folder. */
const leftover = /^\.|^README$|~$|\.(?:dpkg-(?:new|old|dist|bak|remove)|pacsave|pacnew|rpm(?:new|save)|orig|rej)$/;

/** Puts the text of includes in their place. */
export class Includes {
	private readonly parsed = new Map<string, Policy>();
	private files = 0;

	constructor(
		private readonly reader: IncludeReader | undefined,
		private readonly errors: PolicyError[],
	) {}

	/**
	 * What an include stands for, without its own includes.
	 *
	 * @param seen the files that are included in this block already, each of which counts once in it; `path` is added.
	 * @param depth how many includes the include stands in.
	 */
	open(include: Include, seen: Set<string>, depth: number): Statement[] {
		const fail = (code: string, reason: string): Statement[] => {
			this.errors.push(new PolicyError(reason, include.position, include.file, code));
			return [];
		};
		const written = include.magic ? `<${include.path}>` : `"${include.path}"`;
		if (this.reader === undefined)
			return fail("include-not-read", `include ${written} was not read: no folder to look in was given`);
		const found = this.reader(include.path, include.magic === true);
		if (found === undefined) {
			return include.ifExists ? [] : fail("missing-include", `include ${written}: there is no such file or folder`);
		}
		if (depth >= maxDepth)
			return fail(
				"include-loop",
				`include ${written}: includes stand in each other more than ${maxDepth} deep, as in a loop`,
			);
		const statements: Statement[] = [];
		for (const { file, text } of found.filter((each) => !isLeftover(each.file, include.path)).sort(byName)) {
			if (seen.has(file)) continue;
			seen.add(file);
			if (++this.files > maxFiles)
				return fail("include-loop", `include ${written}: more than ${maxFiles} files are included`);
			for (const statement of this.parse(file, text)) statements.push(statement);
		}
		return statements;
	}

	/** The files that were opened, each once. */
	all(): Policy[] {
		return [...this.parsed.values()];
	}

	private parse(file: string, text: string): Statement[] {
		const known = this.parsed.get(file);
		if (known !== undefined) return known.statements;
		const { policy, errors } = readPolicy(text, { file });
		for (const error of errors) this.errors.push(error);
		this.parsed.set(file, policy);
		return policy.statements;
	}
}

/** A file of an included folder that is skipped; a file that is included by its own name never is. */
function isLeftover(file: string, path: string): boolean {
	const name = file.slice(file.lastIndexOf("/") + 1);
	return name !== path.slice(path.lastIndexOf("/") + 1) && leftover.test(name);
}

function byName(a: { file: string }, b: { file: string }): number {
	return a.file < b.file ? -1 : a.file > b.file ? 1 : 0;
}

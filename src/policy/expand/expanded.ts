import type { Rule } from "../rules";
import type { SourceRange } from "../source";

/** A policy after includes, conditionals, variables and aliases were put in: what `apparmor_parser` compiles. */
export interface ExpandedPolicy {
	profiles: ExpandedProfile[];
}

export interface ExpandedProfile {
	/** The full name as the kernel shows it, children and hats with their parents: `myapp//child`, `:ns://myapp`. */
	name: string;
	/** Where it is defined: its header. */
	place: SourceRange;
	/** The full name of the profile that it stands in. */
	parent?: string;
	/** The pattern that it attaches to; absent where it is only entered by name. */
	attachment?: string;
	flags: string[];
	xattrs: { name: string; value: string }[];
	hat?: true;
	/** Variables in patterns have become alternations of their values, `/{a,b}/x`, as `apparmor_parser` puts them in. */
	rules: Rule[];
}

/** How an include is read: the text and where it was, several for a folder, undefined where there is none. */
export type IncludeReader = (path: string, magic: boolean) => { file: string; text: string }[] | undefined;

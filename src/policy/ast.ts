import type { Rule } from "./rules";
import type { Qualifiers } from "./rules/rule";
import type { SourceRange } from "./source";

/** A policy file: what stands before its profiles, and its profiles. */
export interface Policy {
	statements: Statement[];
}

export type Statement =
	| Abi
	| Alias
	| BooleanDefinition
	| CommentLine
	| Conditional
	| Include
	| Profile
	| QualifierBlock
	| Rule
	| VariableDefinition;

interface StatementBase extends SourceRange {
	/** The comment behind the statement on its last line, with its `#`; of a block, behind its `{`. */
	comment?: string;
	/** A blank line stands before the statement. */
	spaced?: true;
}

/** A comment with a line to itself. */
export interface CommentLine extends StatementBase {
	kind: "comment";
	/** With its `#`. */
	text: string;
}

/** `abi <abi/4.0>,`. */
export interface Abi extends StatementBase {
	kind: "abi";
	path: string;
	/** Written as `<path>`: looked for in AppArmor's folder. */
	magic?: true;
}

/** `include <abstractions/base>`, `include if exists "local/x"`. */
export interface Include extends StatementBase {
	kind: "include";
	path: string;
	/** Written as `<path>`: looked for in AppArmor's folder. */
	magic?: true;
	ifExists?: true;
}

/** `@{dir} = /a /b`, `@{dir} += /c`. */
export interface VariableDefinition extends StatementBase {
	kind: "variable";
	/** Without `@{` and `}`. */
	name: string;
	operator: "=" | "+=";
	/** Without their outer quotes, escapes as written. */
	values: string[];
}

/** `$fast = true`. */
export interface BooleanDefinition extends StatementBase {
	kind: "boolean";
	/** Without `$`, `${` and `}`. */
	name: string;
	value: boolean;
}

/** `alias /a/ -> /b/,`. */
export interface Alias extends StatementBase {
	kind: "alias";
	from: string;
	to: string;
}

/** `if $fast { … } else { … }`. */
export interface Conditional extends StatementBase {
	kind: "conditional";
	/** Its condition as written: `$x`, `not defined @{y}`, `@{a} in (b)`, with `and`, `or`. */
	condition: string;
	body: Statement[];
	/** The `else`: its statements; for `else if`, a single Conditional. */
	otherwise?: Statement[];
}

/** `deny { … }`, `owner { … }`: qualifiers for every rule in it. */
export interface QualifierBlock extends StatementBase {
	kind: "block";
	qualifiers: Qualifiers;
	body: Statement[];
}

/** A profile, a child profile, or a hat. */
export interface Profile extends StatementBase {
	kind: "profile";
	/** A hat: written as `^name` or `hat name`. */
	hat?: true;
	/** Written with the keyword `profile` or `hat`. */
	keyword?: true;
	/** The namespace of `:ns:name`. */
	namespace?: string;
	/** As written, without namespace, `^` and outer quotes; for `/usr/bin/x {` it is the path. */
	name: string;
	/** The path behind the name; undefined where none is written. */
	attachment?: string;
	/** What stands in `flags=(…)`, as written; empty where there is none. */
	flags: string[];
	xattrs: { name: string; value: string }[];
	body: Statement[];
	/** Where the header's parts stand, for changing them without touching the rest of the text. */
	header: {
		/** The name with its quotes, namespace and `^`. */
		name: SourceRange;
		attachment?: SourceRange;
		/** From `flags` to `)`; empty, behind the header's last word, where no flags are written. */
		flags: SourceRange;
	};
}

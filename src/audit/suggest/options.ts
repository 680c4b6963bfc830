import type { IncludeReader } from "../../policy/expand/expanded";

/** How many accesses must have been seen before a rule may allow more than those. */
export interface Evidence {
	/** Files in one folder before it becomes `folder/*`. Default 5. */
	siblings?: number;
	/** Files below one package's folder, in three folders or more, before it becomes `folder/**`. Default 10. */
	tree?: number;
	/** Names that differ in a number only before the number becomes `[0-9]*`. Default 2. */
	numbers?: number;
	/** Accesses before an abstraction takes their place. Default 3, and 2 for `abstractions/base`. */
	abstraction?: number;
}

export interface SuggestOptions {
	/** The policy that the program runs under: what it allows already is not proposed again. */
	policy?: string;
	/** Reads what the policy includes, and the abstractions that may be proposed; without it none are. */
	include?: IncludeReader;
	/** Whether paths may become patterns, and network rules lose their addresses. Default true. */
	generalise?: boolean;
	/** Whether abstractions may be proposed. Default true. */
	abstractions?: boolean;
	/**
	 * What becomes of a program that ran without a rule, in a `//null-` profile: it stays in its parent's profile
	 * (`inherit`, the default), gets a child profile (`child`), or is shown as the kernel named it (`keep`). Kernels
	 * before 4.16 do not name the program: without a policy, such a profile is shown as the kernel named it.
	 */
	transitions?: "inherit" | "child" | "keep";
	/** The profile is for a container, where disconnected paths are usual. Default false. */
	container?: boolean;
	evidence?: Evidence;
}

/** The options with their defaults filled in. */
export interface SuggestSettings {
	policy: string | undefined;
	include: IncludeReader | undefined;
	generalise: boolean;
	abstractions: boolean;
	transitions: "inherit" | "child" | "keep";
	container: boolean;
	evidence: Required<Evidence>;
}

export function settingsOf(options: SuggestOptions): SuggestSettings {
	return {
		policy: options.policy,
		include: options.include,
		generalise: options.generalise ?? true,
		abstractions: options.abstractions ?? true,
		transitions: options.transitions ?? "inherit",
		container: options.container ?? false,
		evidence: { siblings: 5, tree: 10, numbers: 2, abstraction: 3, ...options.evidence },
	};
}

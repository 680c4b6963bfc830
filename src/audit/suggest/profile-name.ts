/** The kernel's name for a process that executed a program without a rule for it, in complain mode. */
const nullProfile = /^null-/;

/**
 * The parts of a full profile name: `a//b` has two. A child's name may begin with a slash of its own, so that
 * `/bin/a///bin/b` is `/bin/a` and `/bin/b`.
 */
export function profileParts(full: string): string[] {
	const parts: string[] = [];
	let start = 0;
	for (;;) {
		const at = full.indexOf("//", start);
		if (at === -1) return [...parts, full.slice(start)];
		parts.push(full.slice(start, at));
		start = at + 2;
	}
}

export const joinParts = (parts: readonly string[]): string => parts.join("//");

/** Whether a part of a name stands for a program that ran without a rule for it. */
export const isNullPart = (part: string): boolean => nullProfile.test(part);

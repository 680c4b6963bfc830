/** What the exit codes mean, the same in every command. */
export const exitCodes = {
	/** Nothing is wrong, or nothing differs. */
	ok: 0,
	/** A policy is refused, policies differ, or (where asked for) something is left to do. */
	findings: 1,
	/** The command could not do its work: a file that cannot be read, a wrong option. */
	failure: 2,
} as const;

/** A mistake of the person who called: its message is all that they need to see. */
export class UserError extends Error {
	override readonly name = "UserError";
}

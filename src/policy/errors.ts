/** A place in a policy text; lines and columns count from 1. */
export interface Position {
	line: number;
	column: number;
}

/** Policy text that cannot be read: what was found, what was expected, and where. */
export class PolicyError extends Error {
	override readonly name = "PolicyError";

	constructor(
		/** What is wrong, without the place. */
		readonly reason: string,
		readonly position: Position,
	) {
		super(`line ${position.line}, column ${position.column}: ${reason}`);
	}
}

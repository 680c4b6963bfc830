import type { Position } from "./source";

export type { Position } from "./source";

/** Policy text that cannot be read: what was found, what was expected, and where. */
export class PolicyError extends Error {
	override readonly name = "PolicyError";

	constructor(
		/** What is wrong, without the place. */
		readonly reason: string,
		readonly position: Position,
		/** The file that it is in; absent where it is in the text itself and that has no name. */
		readonly file?: string,
		/** What kind of error it is, stable across versions; docs/findings.md describes each. */
		readonly code = "syntax",
	) {
		super(`${file === undefined ? "" : `${file}, `}line ${position.line}, column ${position.column}: ${reason}`);
	}
}

/** Everything that keeps a policy text from being read, in the order of the text. */
export class PolicyErrors extends Error {
	override readonly name = "PolicyErrors";

	constructor(readonly errors: readonly PolicyError[]) {
		super(errors.map((error) => error.message).join("\n"));
	}
}

/** A place in a policy text; lines and columns count from 1. */
export interface Position {
	line: number;
	column: number;
}

/** Where something stands in its text: offsets, the end exclusive, and the place of its start. */
export interface SourceRange {
	start: number;
	end: number;
	position: Position;
	/** The file that it came from, where it came from an include. */
	file?: string;
}

import type { Wanted } from "./work";

/** A way to bring about what is wanted on every host of a fleet. */
export interface Tool {
	readonly name: string;
	/** What is done once and costs a user nothing later: it also brings the tool's files into the page cache. */
	prepare(first: Wanted): Promise<void>;
	/** Tells on how many hosts the tool says that it changed something. */
	run(wanted: Wanted): Promise<number>;
}

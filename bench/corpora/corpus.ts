import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder of the AppArmor project's own test data, which for its licence is not part of this project. */
const folder = process.env.PULUMI_APPARMOR_CORPORA ?? resolve(__dirname, "../../../shared/corpora");

/** Why a corpus cannot be read; undefined where it can. */
export function corpusMissing(file: string): string | undefined {
	const path = join(folder, file);
	return existsSync(path) ? undefined : `${path} is missing; PULUMI_APPARMOR_CORPORA names the folder`;
}

/** The cases of a corpus, one JSON object a line. */
export function readCorpus<Case>(file: string): Case[] {
	return readFileSync(join(folder, file), "utf8")
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => JSON.parse(line) as Case);
}

/** How well a corpus was met. */
export interface Score {
	/** What was measured, for a person. */
	what: string;
	met: number;
	total: number;
	/** Every case that was not met, with the reason or the difference. */
	misses: { name: string; reason: string }[];
}

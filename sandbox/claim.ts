import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { identifyProcess } from "./process";

const stateFile = "state.json";

/** The state that is noted in a claimed folder; undefined where there is none. */
export function readClaim<State>(folder: string): State | undefined {
	try {
		return JSON.parse(readFileSync(join(folder, stateFile), "utf8")) as State;
	} catch {
		return undefined;
	}
}

/** Notes a new state in a claimed folder, as one step. */
export function writeClaim(folder: string, state: object): void {
	const file = join(folder, stateFile);
	writeFileSync(`${file}.new`, `${JSON.stringify(state, null, "\t")}\n`, { mode: 0o600 });
	renameSync(`${file}.new`, file);
}

/** Makes a folder with its first state in it; throws where another claim was first. */
export function claimFolder(folder: string, state: object): void {
	mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
	// Renaming a folder onto one that is not empty fails, so of two claims at once one wins.
	const claim = mkdtempSync(join(dirname(folder), `.claim-${process.pid}-`));
	writeClaim(claim, state);
	try {
		renameSync(claim, folder);
	} catch (error) {
		rmSync(claim, { recursive: true, force: true });
		throw error;
	}
}

/** The names in a folder of claims; none where it does not exist. */
export function claimNames(parent: string): string[] {
	try {
		return readdirSync(parent).sort();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
		throw error;
	}
}

/** The names of those claims that nobody uses: half-made ones whose process is gone, and those not `isInUse`. */
export function staleClaims(parent: string, isInUse: (name: string) => boolean): string[] {
	return claimNames(parent).filter((name) => {
		const claiming = /^\.claim-(\d+)-/.exec(name);
		return claiming ? !identifyProcess(Number(claiming[1])) : !isInUse(name);
	});
}

import { checkPolicy } from "../../src/policy/check/check";
import { readCorpus, type Score } from "./corpus";

/** A policy of the AppArmor project's parser tests, and whether its parser must accept it. */
interface ProfileCase {
	name: string;
	accept: boolean;
	/** The parser itself is known to get it wrong. */
	todo: boolean;
	text: string;
}

const file = "profiles.jsonl";

/** How many policies are accepted and refused as `apparmor_parser` 4.1 must, without those that it gets wrong itself. */
export function scoreProfiles(): Score {
	const cases = readCorpus<ProfileCase>(file).filter(({ todo }) => !todo);
	const misses = cases.flatMap(({ name, accept, text }) => {
		const error = checkPolicy(text).find(({ severity }) => severity === "error");
		if ((error === undefined) === accept) return [];
		const reason =
			error === undefined
				? "accepted, should be refused"
				: `refused: ${error.line}:${error.column} ${error.message} [${error.code}]`;
		return [{ name, reason }];
	});
	return {
		what: "policies accepted and refused as by apparmor_parser",
		met: cases.length - misses.length,
		total: cases.length,
		misses,
	};
}

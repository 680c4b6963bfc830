import type { Policy } from "../../ast";
import type { ExpandedPolicy } from "../../expand/expanded";
import type { ParserVersion } from "../../knowledge/parser-version";
import type { Covering } from "../covering";
import type { Place } from "../problem";

/** What a linter rule looks at. */
export interface LintContext {
	/** The file that is checked, without what it includes. */
	policy: Policy;
	/** What `apparmor_parser` makes of it. */
	expanded: ExpandedPolicy;
	/** The name of the file, where it has one. */
	file: string | undefined;
	/** Whether the file is a part of policies that others include. */
	fragment: boolean;
	/** Whether the profiles are for containers. */
	container: boolean;
	/** Compares patterns. */
	covering: Covering;
	/** The version of `apparmor_parser` that the policy is for, as it was asked for and as it is compared. */
	target: string;
	parser: ParserVersion;
}

/** Whether something stands in the file that is checked; what it includes is somebody else's. */
export function isOwn({ file }: LintContext, place: Place): boolean {
	return place.file === file;
}

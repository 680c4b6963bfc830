/** A release of AppArmor's userspace, such as the 4.1 of `apparmor_parser` 4.1.0. */
export interface ParserVersion {
	major: number;
	minor: number;
}

/** The oldest release that the package supports, and the one that policy is written for by default. */
export const oldestParser = "3.0";

/** Reads "3.0", "3.0.8", "4.1.0~beta" and the like; undefined where it is no version of 3.0 or later. */
export function parseParserVersion(text: string): ParserVersion | undefined {
	const match = /^(\d{1,3})\.(\d{1,3})(?:[.~+-].*)?$/.exec(text);
	if (!match) return undefined;
	const version = { major: Number(match[1]), minor: Number(match[2]) };
	return version.major >= 3 ? version : undefined;
}

export function isAtLeast(version: ParserVersion, wanted: ParserVersion): boolean {
	return version.major !== wanted.major ? version.major > wanted.major : version.minor >= wanted.minor;
}

/** The ABI that policy for this release declares: `4.0` or `3.0`, which every later release reads too. */
export function abiOf(version: ParserVersion): string {
	return version.major >= 4 ? "4.0" : "3.0";
}

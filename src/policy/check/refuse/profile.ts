import type { Profile } from "../../ast";
import type { Fault } from "../fault";
import { refuseFlags } from "./flags";

/**
 * What is wrong with a profile's header.
 *
 * @param isInner whether it stands in another profile.
 */
export function refuseProfile(profile: Profile, isInner: boolean): Fault[] {
	const { name, namespace, attachment } = profile;
	const faults: Fault[] = refuseFlags(profile.flags);
	const refuse = (code: string, message: string): void => {
		faults.push({ code, message });
	};
	if (namespace === "") refuse("bad-name", "the namespace between the colons is empty");
	if (name === "") refuse("bad-name", "the profile has no name");
	if (name.startsWith("&"))
		refuse("bad-name", `${name}: & stacks profiles where one is entered, and begins no profile's name`);
	if (!profile.keyword && !profile.hat && namespace === undefined && !name.startsWith("/")) {
		refuse("bad-name", `${name}: a profile whose name is no path needs the keyword: profile ${name} { … }`);
	}
	if (attachment !== undefined && !attachment.startsWith("/") && !attachment.startsWith("@{")) {
		refuse(
			"bad-attachment",
			`${attachment} is no path that a profile could attach to: it begins with a slash or a variable`,
		);
	}
	if (isInner && profile.hat && profile.xattrs.length > 0) {
		refuse("bad-attachment", "a hat is entered by its name and cannot ask for extended attributes");
	}
	return faults;
}

import type { ChangeProfileRule } from "../../rules/change-profile";
import type { Fault } from "../fault";

export function refuseChangeProfile({ safety, exec }: ChangeProfileRule): Fault[] {
	if (exec === undefined && safety !== undefined) {
		return [
			{
				code: "bad-change-profile",
				message: `${safety} needs the program whose execution it is about: change_profile ${safety} /program -> profile`,
			},
		];
	}
	if (exec !== undefined && !exec.startsWith("/") && !exec.startsWith("@{")) {
		return [
			{
				code: "bad-change-profile",
				message: `${exec} is no program: a path begins with a slash, and a profile stands behind ->`,
			},
		];
	}
	return [];
}

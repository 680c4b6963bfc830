import type { FileRule } from "../../rules/file";
import type { Fault } from "../fault";

export function refuseFile(rule: FileRule): Fault[] {
	const denies = rule.qualifiers.access === "deny";
	const faults: Fault[] = [];
	const refuse = (code: string, message: string): void => {
		faults.push({ code, message });
	};
	if (rule.permissions.includes("w") && rule.permissions.includes("a")) {
		refuse("bad-permissions", "w includes a: one of them, not both");
	}
	if (rule.path === undefined && denies) {
		refuse("deny-exec-mode", "deny file, is refused, for it means ix among others; say which: deny file /** rwlkmx,");
	} else if (denies && rule.exec !== undefined && rule.exec !== "x") {
		refuse("deny-exec-mode", `a deny rule denies every execution: x, not ${rule.exec}`);
	} else if (denies && rule.safety === "unsafe" && rule.exec !== undefined) {
		refuse("deny-exec-mode", "unsafe is about how an execution goes on, and a deny rule allows none");
	} else if (!denies && rule.exec === "x" && rule.safety !== "unsafe") {
		refuse("exec-without-mode", "x alone is for deny rules; say what becomes of the process: ix, px, cx, ux, …");
	}
	if (rule.linkTarget && rule.target !== undefined) {
		if (rule.exec !== undefined)
			refuse("bad-permissions", "one -> cannot be for both the link and the execution: two rules");
		if (/^&?:[^:]+:./.test(rule.target))
			refuse("bad-permissions", `${rule.target} is in a namespace, which links are not`);
	}
	return faults;
}

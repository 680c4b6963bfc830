import { errnoNames } from "../../knowledge/errno";
import { contradictingFlags, modeFlags, plainFlags, valueFlags } from "../../knowledge/flags";
import { isSignal } from "../../knowledge/signals";
import { type Fault, suggestion } from "../fault";

/** What is wrong with a profile's flags, each by itself and together. */
export function refuseFlags(flags: string[]): Fault[] {
	const faults = flags.flatMap(refuseFlag);
	return faults.length > 0 ? faults : refuseTogether(flags);
}

function refuseFlag(flag: string): Fault[] {
	const fault = (code: string, message: string): Fault[] => [{ code, message }];
	const [name = "", value] = splitFlag(flag);
	if (value === undefined) {
		if (modeFlags.includes(flag) || plainFlags.includes(flag)) return [];
		const known = [...modeFlags, ...plainFlags, ...valueFlags.map((each) => `${each}=`)];
		return fault("unknown-flag", `there is no profile flag ${flag}${suggestion(flag, known)}`);
	}
	if (!valueFlags.includes(name)) return fault("unknown-flag", `there is no profile flag ${name}=`);
	if (name === "kill.signal" && !isSignal(value))
		return fault("bad-flag", `kill.signal=${value}: there is no such signal`);
	if (name === "error" && !errnoNames.has(value.toUpperCase())) {
		return fault("bad-flag", `error=${value}: there is no such error; EACCES and EPERM are usual`);
	}
	if (name === "attach_disconnected.path" && !value.startsWith("/")) {
		return fault("bad-flag", `attach_disconnected.path=${value}: a path begins with a slash`);
	}
	return [];
}

function refuseTogether(flags: string[]): Fault[] {
	const fault = (one: string, other: string): Fault => ({
		code: "conflicting-flags",
		message: `the flags ${one} and ${other} contradict each other`,
	});
	const faults: Fault[] = [];
	const modes = [...new Set(flags.filter((flag) => modeFlags.includes(flag)))];
	if (modes.length > 1) faults.push(fault(modes[0] ?? "", modes[1] ?? ""));
	const kinds = new Set(flags.map((flag) => flag.replace(/^attach_disconnected\..*/s, "attach_disconnected")));
	for (const [one, other] of contradictingFlags) {
		if (kinds.has(one) && kinds.has(other)) faults.push(fault(one, other));
	}
	const values = new Map<string, string>();
	for (const flag of flags) {
		const [name = "", value] = splitFlag(flag);
		if (value === undefined) continue;
		const known = values.get(name);
		if (known !== undefined && known !== value) faults.push(fault(`${name}=${known}`, flag));
		values.set(name, value);
	}
	return faults;
}

function splitFlag(flag: string): [name: string, value?: string] {
	const at = flag.indexOf("=");
	return at < 0 ? [flag] : [flag.slice(0, at), flag.slice(at + 1)];
}

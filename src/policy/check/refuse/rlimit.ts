import { limits, sizeUnits, timeUnits } from "../../knowledge/rlimits";
import type { RlimitRule } from "../../rules/rlimit";
import { type Fault, suggestion } from "../fault";

const microsecondsPerSecond = 1e6;

export function refuseRlimit({ resource, value }: RlimitRule): Fault[] {
	const kind = limits.get(resource);
	if (kind === undefined) {
		return [{ code: "bad-rlimit", message: `there is no limit ${resource}${suggestion(resource, limits.keys())}` }];
	}
	if (value === "infinity") return [];
	const fault = (expected: string): Fault[] => [
		{ code: "bad-rlimit", message: `rlimit ${resource} <= ${value}: ${expected}, or infinity` },
	];
	const [, digits, unit = ""] = /^(-?\d+)\s*([a-z_]*)$/i.exec(value) ?? [];
	if (digits === undefined) return fault("a number is expected");
	const number = Number(digits);
	switch (kind) {
		case "nice":
			return unit === "" && number >= -20 && number <= 19 ? [] : fault("a number from -20 to 19 is expected");
		case "count":
			return unit === "" && number >= 0 ? [] : fault("a number without a unit is expected");
		case "bytes":
			return number >= 0 && (unit === "" || sizeUnits.includes(unit))
				? []
				: fault("a number of bytes, or with K, KB, M, MB, G or GB, is expected");
		default: {
			const scale = timeUnits.get(unit) ?? (unit === "" ? timeUnits.get(kind === "seconds" ? "s" : "us") : undefined);
			if (number < 0 || scale === undefined)
				return fault("a time such as 10, 500ms, 30s, 5min, 2h, 1day or 1week is expected");
			const least = kind === "seconds" ? microsecondsPerSecond : 1;
			const isTooShort = (number > 0 || unit !== "") && number * scale < least;
			return isTooShort ? fault(`at least one ${kind.slice(0, -1)} is expected, or 0 without a unit`) : [];
		}
	}
}

import type { Problem } from "../profile/spec";

/** What is wrong with `restartUnits`. */
export function unitProblems(units: unknown): Problem[] {
	if (units === undefined) return [];
	if (!Array.isArray(units)) return [{ property: "restartUnits", reason: "must be a list of systemd units" }];
	return units.flatMap((unit, index) => {
		const reason = unitProblem(unit);
		return reason === undefined ? [] : [{ property: `restartUnits[${index}]`, reason }];
	});
}

/** Why `unit` cannot be the name of a systemd unit, or undefined where it can (systemd.unit(5)). */
function unitProblem(unit: unknown): string | undefined {
	if (typeof unit !== "string") return `must be text, not a ${typeof unit}`;
	if (/^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,250}$/.test(unit)) return undefined;
	return `${JSON.stringify(unit)} is no systemd unit, such as "myapp.service"`;
}

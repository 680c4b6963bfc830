/** Why `unit` cannot be the name of a systemd unit, or undefined where it can (systemd.unit(5)). */
export function unitProblem(unit: unknown): string | undefined {
	if (typeof unit !== "string") return `must be text, not a ${typeof unit}`;
	if (/^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,250}$/.test(unit)) return undefined;
	return `${JSON.stringify(unit)} is no systemd unit, such as "myapp.service"`;
}

/** What a loader has found on its node in its last pass. */
export interface LoaderReport {
	state: "loaded" | "failed" | "unsupported";
	/** Why, where not everything is loaded. */
	message: string;
	profiles: ReportedProfile[];
	/** Profiles that are no longer declared, and still loaded because a process may use them. */
	retired: string[];
}

export interface ReportedProfile {
	name: string;
	declaredMode: string;
	/** The kernel's; null where it has no such profile. */
	mode: string | null;
	/** SHA-256, in hex, of the declared policy without its mode. */
	policyHash: string;
	/** The kernel has it with the declared content and in the declared mode. */
	ok: boolean;
	error: string | null;
}

/** A report that is none: cut short, or of a version that is not known here. */
export class ReportError extends Error {
	override readonly name = "ReportError";
}

const states: readonly unknown[] = ["loaded", "failed", "unsupported"];

/**
 * Reads a loader's status file.
 *
 * @throws ReportError where it is none; it says what was found in which place.
 */
export function parseReport(text: string): LoaderReport {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw new ReportError(text.trim() === "" ? "it is empty" : `it is no JSON: ${excerpt(text)}`);
	}
	const { state, message, profiles, retired } = object(value, "it");
	if (!states.includes(state)) throw wrong("state", states.join(", "), state);
	return {
		state: state as LoaderReport["state"],
		message: string(message, "message"),
		profiles: array(profiles, "profiles").map(profile),
		retired: array(retired, "retired").map((name, index) => string(name, `retired[${index}]`)),
	};
}

function profile(value: unknown, index: number): ReportedProfile {
	const at = `profiles[${index}]`;
	const { name, declaredMode, mode, policyHash, ok, error } = object(value, at);
	if (typeof ok !== "boolean") throw wrong(`${at}.ok`, "true or false", ok);
	return {
		name: string(name, `${at}.name`),
		declaredMode: string(declaredMode, `${at}.declaredMode`),
		mode: mode === null ? null : string(mode, `${at}.mode`),
		policyHash: string(policyHash, `${at}.policyHash`),
		ok,
		error: error === null ? null : string(error, `${at}.error`),
	};
}

function object(value: unknown, at: string): Record<string, unknown> {
	if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
	throw wrong(at, "an object", value);
}

function array(value: unknown, at: string): unknown[] {
	if (Array.isArray(value)) return value;
	throw wrong(at, "a list", value);
}

function string(value: unknown, at: string): string {
	if (typeof value === "string") return value;
	throw wrong(at, "text", value);
}

function wrong(at: string, expected: string, found: unknown): ReportError {
	return new ReportError(`${at} is ${excerpt(JSON.stringify(found) ?? "missing")}, not ${expected}`);
}

const excerptLength = 60;

const excerpt = (text: string) => (text.length > excerptLength ? `${text.slice(0, excerptLength)}…` : text);

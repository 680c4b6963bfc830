import * as fs from "node:fs";
import * as path from "node:path";
import type { Host } from "./host";

/** The programs that the agent runs, beside the parser. */
const programs =
	"cat sync mv rm ln cp mkdir sha256sum id tr stat readlink head tail sort gzip wc dd timeout uname cmp sleep".split(
		" ",
	);

/** Puts the killer before every program that the agent runs: it strikes at number `at`, or right after that. */
export function arm(host: Host, at: number, after: boolean): void {
	const real = host.environment().AGENT_PARSER as string;
	host.folder("steps");
	for (const program of [...programs, "apparmor_parser", "unload"]) {
		const link = host.path("steps", program);
		if (!fs.existsSync(link)) fs.symlinkSync(path.join(__dirname, "fake", "step"), link);
	}
	host.write("count", "");
	host.env = {
		...host.env,
		PATH: `${host.path("steps")}:/usr/bin:/bin`,
		AGENT_PARSER: host.path("steps/apparmor_parser"),
		AGENT_UNLOADER: host.path("steps/unload"),
		KILL_COUNT: host.path("count"),
		KILL_AT: String(at),
		KILL_AFTER: after ? "yes" : "",
		KILL_REAL: path.dirname(real),
	};
}

/** How many steps the agent has taken since it was armed. */
export function stepsTaken(host: Host): number {
	return host.read("count")?.length ?? 0;
}

/** What a limit counts, which is what its units are. */
export type LimitKind = "bytes" | "count" | "nice" | "seconds" | "microseconds";

/** The limits of setrlimit(2) that a policy can set. */
export const limits: ReadonlyMap<string, LimitKind> = new Map<string, LimitKind>([
	["cpu", "seconds"],
	["rttime", "microseconds"],
	["fsize", "bytes"],
	["data", "bytes"],
	["stack", "bytes"],
	["core", "bytes"],
	["rss", "bytes"],
	["as", "bytes"],
	["memlock", "bytes"],
	["msgqueue", "bytes"],
	["nofile", "count"],
	["ofile", "count"],
	["nproc", "count"],
	["locks", "count"],
	["sigpending", "count"],
	["rtprio", "count"],
	["nice", "nice"],
]);

/** The units of time, each in microseconds. */
export const timeUnits: ReadonlyMap<string, number> = new Map(
	(
		[
			[1, "us microsecond microseconds"],
			[1e3, "ms millisecond milliseconds"],
			[1e6, "s sec second seconds"],
			[60e6, "min minute minutes"],
			[3600e6, "h hour hours"],
			[86_400e6, "d day days"],
			[604_800e6, "week weeks"],
		] as const
	).flatMap(([value, names]) => names.split(" ").map((name) => [name, value] as const)),
);

/** The units of size. */
export const sizeUnits: readonly string[] = ["K", "KB", "M", "MB", "G", "GB"];

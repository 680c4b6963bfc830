/** What a tool is asked to bring about: these profiles, in this mode, on every host. */
export interface Wanted {
	mode: "complain" | "enforce";
	profiles: WantedProfile[];
}

/** A profile of templates/custom-application.hbs, of which ansible/policy.j2 is the same in Jinja. */
export interface WantedProfile {
	name: string;
	attachment: string;
	values: {
		configDir: string;
		dataDir: string;
		logDir: string;
		temporaryPrefix: string;
		libraryDirs: string[];
		networkFamilies: string[];
		capabilities: string[];
	};
}

/** `count` profiles, each with values of its own. The first one's data folder changes with `revision`. */
export function wanted(count: number, mode: Wanted["mode"], revision = 0): Wanted {
	const profiles = Array.from({ length: count }, (_, index): WantedProfile => {
		const name = `app-${String(index + 1).padStart(2, "0")}`;
		return {
			name,
			attachment: `/opt/${name}/bin/${name}`,
			values: {
				configDir: `/etc/${name}`,
				dataDir: index === 0 && revision > 0 ? `/srv/${name}/data-${revision}` : `/srv/${name}/data`,
				logDir: `/var/log/${name}`,
				temporaryPrefix: `/tmp/${name}-`,
				libraryDirs: [`/opt/${name}/lib`],
				networkFamilies: ["inet", "inet6"],
				capabilities: ["net_bind_service"],
			},
		};
	});
	return { mode, profiles };
}

/** A policy without its comments and empty lines: what it allows, whoever wrote the file around it. */
export function rulesOf(policy: string): string {
	const lines = policy.split("\n").map((line) => line.trim());
	return lines.filter((line) => line !== "" && !line.startsWith("#")).join("\n");
}

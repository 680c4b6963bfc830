/** The Debian releases that a sandbox host can run, oldest first. */
export const releases = {
	bookworm: { title: "Debian 12 (bookworm)", hasSecuritySuite: true },
	trixie: { title: "Debian 13 (trixie)", hasSecuritySuite: true },
	sid: { title: "Debian unstable (sid)", hasSecuritySuite: false },
} as const;

export type Release = keyof typeof releases;

export function parseRelease(text: string): Release {
	if (Object.hasOwn(releases, text)) return text as Release;
	throw new Error(`release: "${text}" is not one of ${Object.keys(releases).join(", ")}`);
}

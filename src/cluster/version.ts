/** The first Kubernetes in which a container's AppArmor profile is a field (KEP-24). */
const fieldSince = { major: 1, minor: 30 };

/** Reads "1.29", "v1.29.3" and the like; undefined where it is no version. */
export function parseKubernetesVersion(text: string): { major: number; minor: number } | undefined {
	const match = /^v?(\d{1,3})\.(\d{1,3})(?:[.+-].*)?$/.exec(text);
	return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}

/** Whether pods of this version say their profile in a field; before it was an annotation. */
export function hasProfileField(version: string | undefined): boolean {
	const parsed = version === undefined ? undefined : parseKubernetesVersion(version);
	if (!parsed) return true;
	return parsed.major !== fieldSince.major ? parsed.major > fieldSince.major : parsed.minor >= fieldSince.minor;
}

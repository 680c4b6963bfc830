import { execa } from "execa";
import { step } from "./progress";

/** Something this project needs from the machine, and the Debian package that brings it. */
export interface SystemNeed {
	/** A program that must be on PATH (sbin folders included), or an absolute path that must exist. */
	command: string;
	package: string;
}

/** Programs of /usr/sbin are not on an ordinary user's PATH. */
export const systemPath = `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`;

async function isThere(need: SystemNeed): Promise<boolean> {
	const found = await execa("sh", ["-c", 'command -v "$1"', "sh", need.command], {
		reject: false,
		env: { PATH: systemPath },
	});
	return found.exitCode === 0;
}

/**
 * Makes sure that every need is met: through apt where this process is root, else it throws with the one
 * command to run.
 */
export async function ensureSystemPackages(needs: SystemNeed[]): Promise<void> {
	const missing = new Set<string>();
	for (const need of needs) if (!(await isThere(need))) missing.add(need.package);
	if (missing.size === 0) return;
	const packages = [...missing].sort();
	if (process.getuid?.() !== 0) {
		throw new Error(
			`these Debian packages are missing: ${packages.join(", ")}. Run:\n\n    sudo apt-get install --no-install-recommends ${packages.join(" ")}\n`,
		);
	}
	await step(`Debian packages: ${packages.join(", ")}`, async () => {
		const env = { DEBIAN_FRONTEND: "noninteractive" };
		// Another apt on this machine (an automatic upgrade, say) may hold dpkg's lock for a while.
		const wait = ["-o", "DPkg::Lock::Timeout=300"];
		await execa("apt-get", [...wait, "update"], { env, stdin: "ignore" });
		await execa("apt-get", [...wait, "install", "-y", "--no-install-recommends", ...packages], {
			env,
			stdin: "ignore",
		});
	});
	for (const need of needs) {
		if (!(await isThere(need)))
			throw new Error(`${need.command} is still missing after installing Debian's package ${need.package}`);
	}
}

/** Endings of files in /etc/apparmor.d that AppArmor's boot script passes over (its `skip_profile`). */
const skippedAtBoot = /(\.dpkg-(new|old|dist|bak)|\.rpm(new|save)|\.orig|\.rej|\.disabled|~)$/;

const maximumLength = 200;

/**
 * Why `name` cannot be a profile's name, or undefined where it can. The name is also the name of the file
 * in /etc/apparmor.d, a label in the kernel and a word of a command line: letters, digits and `. _ + -`.
 */
export function profileNameProblem(name: string): string | undefined {
	const shown = JSON.stringify(name);
	if (name === "") return "is empty";
	if (name.length > maximumLength) return `${shown} is longer than ${maximumLength} characters`;
	if (name.includes("/"))
		return `${shown} contains "/": a profile's name here is a word such as "myapp"; the path that it confines is the attachment`;
	if (!/^[A-Za-z0-9_]/.test(name)) return `${shown} must start with a letter, a digit or "_"`;
	if (!/^[A-Za-z0-9._+-]+$/.test(name)) return `${shown} may hold only letters, digits and the characters . _ + -`;
	if (name.includes("..")) return `${shown} contains ".."`;
	if (name === "unconfined") return `${shown} is AppArmor's word for no profile at all`;
	if (skippedAtBoot.test(name))
		return `${shown} has an ending that AppArmor passes over when it loads profiles at boot`;
	return undefined;
}

/**
 * Why `path` cannot be an attachment, or undefined where it can: an absolute path, which may hold
 * AppArmor's globs (`*`, `**`, `?`, `[…]`, `{a,b}`) and may start with a variable (`@{bin}/x`).
 */
export function attachmentProblem(path: string): string | undefined {
	const shown = JSON.stringify(path);
	if (path === "") return "is empty";
	if (!path.startsWith("/") && !path.startsWith("@{"))
		return `${shown} must be an absolute path, such as "/opt/myapp/bin/myapp"`;
	if (/(^|\/)\.\.?(\/|$)/.test(path))
		return `${shown} contains "." or ".." as a folder; the kernel sees resolved paths only`;
	return undefined;
}

import { dangerous, ok, review, type Verdict } from "./verdict";

const privileged =
	/\/(sudo|su|doas|pkexec|runuser|nsenter|unshare|chroot|insmod|modprobe|rmmod|mount|umount|kexec|apparmor_parser|docker|ctr|podman|runc|systemctl|systemd-run|setcap)$/;
const shell =
	/\/(sh|bash|dash|zsh|ksh|ash|fish|csh|tcsh|busybox|env|xargs|find|awk|gawk|mawk|perl[0-9.]*|python[0-9.]*|ruby[0-9.]*|node|php[0-9.]*|lua[0-9.]*|gdb|strace)$/;
const writable = /^\/(tmp|var\/tmp|dev\/shm|home|root|run\/user)\//;

/** How dangerous it is to run a program inside the profile. */
export function programVerdict(name: string): Verdict {
	if (writable.test(name)) return dangerous(9, "anyone who can write there decides what is run");
	if (privileged.test(name)) return dangerous(9, "it is a tool for changing privileges or the system");
	if (shell.test(name)) return review(7, "it runs whatever it is told to, with all that this profile allows");
	return ok(4);
}

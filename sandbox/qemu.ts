/** What one virtual machine is made of. */
export interface Machine {
	/** A qcow2 image, written to. */
	disk: string;
	kernel: string;
	initrd: string;
	kernelArguments: string[];
	/** A tar archive that the guest reads as a bare disk. */
	identity?: string;
	/** Guest port → port on the machine's loopback; undefined for a machine without network. */
	forwards?: ReadonlyMap<number, number>;
	console: string;
	/** The memory of a machine with the same devices, from which this one goes on instead of booting. */
	memory?: string;
}

/** `tcg` emulates the CPU and works everywhere; `kvm` is for machines where it is known to work. */
export function accelerator(env: NodeJS.ProcessEnv): "tcg" | "kvm" {
	const value = env.PULUMI_APPARMOR_SANDBOX_ACCEL || "tcg";
	if (value === "tcg" || value === "kvm") return value;
	throw new Error(`PULUMI_APPARMOR_SANDBOX_ACCEL: "${value}" is neither "tcg" nor "kvm"`);
}

/** QEMU separates an option's parts with commas and takes a doubled one as itself. */
function part(value: string): string {
	return value.replaceAll(",", ",,");
}

/** For the shell that QEMU runs. */
export function quoted(path: string): string {
	return `'${path.replaceAll("'", "'\\''")}'`;
}

function drive(id: string, file: string, options: string): string[] {
	return [
		"-drive",
		`file=${part(file)},if=none,id=${id},${options}`,
		"-device",
		`virtio-blk-pci,drive=${id},serial=${id}`,
	];
}

export function qemuArguments(machine: Machine, accel: "tcg" | "kvm"): string[] {
	const args = [
		["-nodefaults", "-no-user-config", "-display", "none"],
		// Not "microvm", which hangs calibrating its clock on a busy machine.
		["-machine", "q35", "-accel", accel === "tcg" ? "tcg,thread=multi" : "kvm", "-cpu", "max"],
		["-m", "1024", "-smp", "2", "-device", "virtio-rng-pci"],
		["-serial", `file:${part(machine.console)}`],
		["-kernel", machine.kernel, "-initrd", machine.initrd],
		["-append", ["console=ttyS0", "root=/dev/vda", ...machine.kernelArguments].join(" ")],
		// "unsafe" leaves out only the fsync on this machine: what the guest has flushed survives the end of
		// QEMU, what it still had in memory is lost, as in a power cut.
		drive("root", machine.disk, "format=qcow2,cache=unsafe"),
	];
	if (machine.identity) args.push(drive("identity", machine.identity, "format=raw,readonly=on"));
	if (machine.forwards) {
		const rules = [...machine.forwards].map(([guest, host]) => `,hostfwd=tcp:127.0.0.1:${host}-:${guest}`);
		args.push(["-netdev", `user,id=net${rules.join("")}`, "-device", "virtio-net-pci,netdev=net,romfile="]);
	}
	if (machine.memory) args.push(["-incoming", `exec:cat ${quoted(machine.memory)}`]);
	return args.flat();
}

/** Kernel arguments that every boot of an image has. */
export const commonKernelArguments = [
	"rw",
	// No writing of empty inode tables in the background: it would compete with the boot.
	"rootflags=noinit_itable",
	"net.ifnames=0",
	// Else the kernel mistrusts the emulated CPUs' clocks and reads the time from a slow device instead.
	"tsc=reliable",
	// Warnings and worse on the console; everything is in dmesg.
	"loglevel=4",
	"systemd.show_status=0",
];

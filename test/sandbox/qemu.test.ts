import { describe, expect, it } from "vitest";
import { accelerator, type Machine, qemuArguments } from "../../sandbox/qemu";

const machine: Machine = {
	disk: "/hosts/a/disk.qcow2",
	kernel: "/image/vmlinuz",
	initrd: "/image/initrd",
	kernelArguments: ["rw", "quiet"],
	console: "/hosts/a/console.log",
};

/** The value of an option that is given once. */
function optionValue(args: string[], option: string): string | undefined {
	expect(args.filter((arg) => arg === option)).toHaveLength(1);
	return args[args.indexOf(option) + 1];
}

describe("qemuArguments", () => {
	it("forwards each guest port from loopback only", () => {
		const args = qemuArguments(
			{
				...machine,
				forwards: new Map([
					[22, 20001],
					[8080, 20002],
				]),
			},
			"tcg",
		);
		expect(optionValue(args, "-netdev")).toBe(
			"user,id=net,hostfwd=tcp:127.0.0.1:20001-:22,hostfwd=tcp:127.0.0.1:20002-:8080",
		);
	});

	it("gives a machine without forwards no network at all", () => {
		const args = qemuArguments(machine, "tcg");
		expect(args).not.toContain("-netdev");
		expect(args.join(" ")).not.toContain("virtio-net");
	});

	it("passes the kernel arguments as one, after the console and the root disk", () => {
		expect(optionValue(qemuArguments(machine, "tcg"), "-append")).toBe("console=ttyS0 root=/dev/vda rw quiet");
	});

	it("attaches the root disk first, and the identity read-only", () => {
		const args = qemuArguments({ ...machine, identity: "/hosts/a/identity.tar" }, "tcg");
		const drives = args.filter((_, index) => args[index - 1] === "-drive");
		expect(drives).toEqual([
			"file=/hosts/a/disk.qcow2,if=none,id=root,format=qcow2,cache=unsafe",
			"file=/hosts/a/identity.tar,if=none,id=identity,format=raw,readonly=on",
		]);
	});

	it("doubles commas in paths, which QEMU would take for separators", () => {
		const args = qemuArguments({ ...machine, disk: "/a,readonly=on/disk" }, "tcg");
		expect(args).toContain("file=/a,,readonly=on/disk,if=none,id=root,format=qcow2,cache=unsafe");
	});
});

describe("accelerator", () => {
	it("emulates unless KVM is asked for", () => {
		expect(accelerator({})).toBe("tcg");
		expect(accelerator({ PULUMI_APPARMOR_SANDBOX_ACCEL: "kvm" })).toBe("kvm");
		expect(qemuArguments(machine, "kvm")).toContain("kvm");
		expect(qemuArguments(machine, "tcg")).toContain("tcg,thread=multi");
	});

	it("refuses anything else by the variable's name and value", () => {
		expect(() => accelerator({ PULUMI_APPARMOR_SANDBOX_ACCEL: "xen" })).toThrow(
			'PULUMI_APPARMOR_SANDBOX_ACCEL: "xen" is neither "tcg" nor "kvm"',
		);
	});
});

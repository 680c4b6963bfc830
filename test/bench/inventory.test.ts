import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { changedHosts, inventory, knownHosts } from "../../bench/fleet/inventory";

const connection = { host: "127.0.0.1", port: 2201, user: "root", privateKey: "SECRET", hostKey: "ssh-ed25519 AAAA" };
const host = {
	target: { name: "host-01", connection },
	variables: { policy_folder: "/tmp/a host/etc: #1" },
	privateKeyFile: "/tmp/key",
};

describe("inventory", () => {
	it("tells how to reach each host and what the playbook asks for, odd paths whole", () => {
		expect(parse(inventory([host]))).toEqual({
			all: {
				hosts: {
					"host-01": {
						ansible_host: "127.0.0.1",
						ansible_port: 2201,
						ansible_user: "root",
						ansible_ssh_private_key_file: "/tmp/key",
						policy_folder: "/tmp/a host/etc: #1",
					},
				},
			},
		});
	});

	it("has no private key in it", () => {
		expect(inventory([host])).not.toContain("SECRET");
	});
});

it("knownHosts names the port, as OpenSSH does for any but 22", () => {
	expect(knownHosts([host, host])).toBe("[127.0.0.1]:2201 ssh-ed25519 AAAA\n".repeat(2));
});

it("changedHosts counts the hosts of the recap that were changed, however often", () => {
	const stdout = [
		"TASK [changed=9 is no recap]",
		"PLAY RECAP *********",
		"host-01 : ok=4    changed=2    unreachable=0    failed=0    skipped=0",
		"host-02 : ok=3    changed=0    unreachable=0    failed=0    skipped=1",
		"host-03 : ok=4    changed=12   unreachable=0    failed=0    skipped=0",
	].join("\n");
	expect(changedHosts(stdout)).toBe(2);
	expect(changedHosts(stdout.replaceAll(/changed=\d+/g, "changed=0"))).toBe(0);
});

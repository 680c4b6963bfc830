import { describe, expect, it } from "vitest";
import { type ExportedState, stateSize } from "../../bench/fleet/state-size";

const urn = (type: string, name: string) => `urn:pulumi:fleet::fleet::${type}::${name}`;
const command = (name: string, stdin: string) => ({
	urn: urn("command:remote:Command", name),
	type: "command:remote:Command",
	inputs: { stdin },
});
const host = (name: string) => ({
	urn: urn("pulumi-apparmor:index:AppArmorHost", name),
	type: "pulumi-apparmor:index:AppArmorHost",
});
const state = (...resources: ExportedState["deployment"]["resources"] & object): ExportedState => ({
	deployment: { resources },
});

describe("stateSize", () => {
	it("counts profiles on hosts, and takes their policy off the file once each", () => {
		const size = stateSize(
			state(
				host("web-1"),
				command("agent@web-1", "x".repeat(5000)),
				command("a@web-1", "12345678"),
				command("b@web-1", "é"),
			),
			1000,
		);
		// The policies are 8 and 2 bytes long; the agent's text is none.
		expect(size).toMatchObject({ file: 1000, pairs: 2, policyText: 5, besidePolicy: 495 });
	});

	it("tells apart what a host and what a profile on it takes", () => {
		const small = stateSize(state(host("h"), command("agent@h", ""), command("a@h", "")), 0);
		const big = stateSize(state(host("h"), command("agent@h", "x".repeat(100)), command("a@h", "x".repeat(10))), 0);
		expect(big.host - small.host).toBe(100);
		expect(big.pair - small.pair).toBe(10);
	});

	it("counts a record as the file has it, in bytes and without white space", () => {
		const { pair } = stateSize(state(command("ä@h", "")), 0);
		const record = `{"urn":"${urn("command:remote:Command", "ä@h")}","type":"command:remote:Command","inputs":{"stdin":""}}`;
		expect(pair).toBe(record.length + 1);
	});

	it("refuses a state without profiles: there is nothing to share out", () => {
		expect(() => stateSize(state(host("h"), command("agent@h", "")), 10)).toThrow("no profile on any host");
	});
});

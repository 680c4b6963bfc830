import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type DeclaredProfile, policyFileName } from "../../src/cluster/declared";
import { makeShards, type Shard } from "../../src/cluster/shards";

const profile = (loadedName: string, text: string, mode: DeclaredProfile["mode"] = "enforce"): DeclaredProfile => ({
	name: loadedName,
	loadedName,
	mode,
	policyHash: "0".repeat(64),
	text,
	warnings: [],
});

/** Text that hardly compresses, the same for the same seed. */
function noise(bytes: number, seed: number): string {
	let state = seed;
	let text = "";
	while (text.length < bytes) {
		state = (state * 1103515245 + 12345) % 2147483648;
		text += state.toString(36);
	}
	return text.slice(0, bytes);
}

const many = (count: number, bytes: number) =>
	Array.from({ length: count }, (_, index) => profile(`p${index}`, noise(bytes, index + 1)));

const bytesOf = ({ data = {}, binaryData = {} }: Shard) =>
	Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0) +
	Object.values(binaryData).reduce((sum, base64) => sum + Buffer.from(base64, "base64").length, 0);

/** What a node's folder holds: every shard's files in one. */
function folder(shards: Shard[]): Record<string, string> {
	const files: Record<string, string> = {};
	for (const { data = {}, binaryData = {} } of shards) {
		for (const [key, text] of Object.entries(data)) files[key] = text;
		for (const [key, base64] of Object.entries(binaryData))
			files[key] = gunzipSync(Buffer.from(base64, "base64")).toString();
	}
	return files;
}

describe("a few profiles", () => {
	it("are one ConfigMap of plain text, with the list beside them, whatever their order", () => {
		const profiles = [profile("b", "policy b\n", "complain"), profile("a", "policy a\n")];
		const [shard, ...others] = makeShards(profiles);
		expect(others).toEqual([]);
		expect(shard).toMatchObject({
			part: "policies-0",
			data: {
				declared: `a\tenforce\t${"0".repeat(64)}\ta.profile\nb\tcomplain\t${"0".repeat(64)}\tb.profile\n`,
				"a.profile": "policy a\n",
				"b.profile": "policy b\n",
			},
		});
		expect(shard).not.toHaveProperty("binaryData");
		expect(makeShards([...profiles].reverse())).toEqual([shard]);
	});

	it("none at all are an empty list", () => {
		expect(makeShards([])[0]?.data).toEqual({ declared: "" });
	});

	it("a name's + is no letter of a ConfigMap's keys, and no two names share a key", () => {
		const names = ["a+", "a_p", "a__p", "a_+", "a+_", "a++", "a_p.plus-profile", "a"];
		const keys = names.map(policyFileName);
		expect(policyFileName("c++")).toBe("c_p_p.plus-profile");
		expect(new Set(keys).size).toBe(names.length);
		for (const key of keys) expect(key).toMatch(/^[-._a-zA-Z0-9]+$/);
	});
});

describe("more than a ConfigMap holds", () => {
	const profiles = many(60, 60_000);
	const shards = makeShards(profiles);

	it("is compressed and spread, each shard below 1 MiB, and arrives whole", () => {
		expect(shards.map(({ part }) => part)).toEqual(["declared", ...shards.slice(1).map((_, i) => `policies-${i}`)]);
		expect(shards.length).toBeGreaterThan(3);
		for (const shard of shards) expect(bytesOf(shard)).toBeLessThan(1_048_576);
		const files = folder(shards);
		for (const { loadedName, text } of profiles) expect(files[`${loadedName}.profile.gz`]).toBe(text);
		expect(files.declared?.trimEnd().split("\n")).toHaveLength(60);
		expect(files.declared).toContain(`p7\tenforce\t${"0".repeat(64)}\tp7.profile.gz\n`);
	});

	it("one changed policy changes its shard and the list, and no other shard", () => {
		const change = (one: DeclaredProfile) => ({ ...one, text: `${one.text}\n`, policyHash: "1".repeat(64) });
		const changed = profiles.map((one, index) => (index === 7 ? change(one) : one));
		const after = makeShards(changed);
		const different = after.filter(({ contentHash }, index) => contentHash !== shards[index]?.contentHash);
		expect(different).toHaveLength(2);
		expect(different[0]?.part).toBe("declared");
		expect(different[1]?.binaryData).toHaveProperty(["p7.profile.gz"]);
	});

	it("one profile more leaves the others where they are", () => {
		const after = makeShards([...profiles, profile("one-more", "x")]);
		const parts = (all: Shard[]) => new Set(all.slice(1).map(({ contentHash }) => contentHash));
		const kept = [...parts(shards)].filter((hash) => parts(after).has(hash));
		expect(kept).toHaveLength(shards.length - 2);
	});

	it("a policy that does not get smaller stays as it is", () => {
		const [list, ...rest] = makeShards([...many(40, 60_000), profile("tiny", "x\n")]);
		expect(list?.data?.declared).toContain("\ttiny.profile\n");
		expect(folder(rest)["tiny.profile"]).toBe("x\n");
	});

	it("is refused where one policy alone is too big, with its name", () => {
		expect(() => makeShards([profile("huge", noise(2_500_000, 1))])).toThrow(
			/^the policy of huge is \d+ bytes after compression, and a ConfigMap holds 1000000: split the profile$/,
		);
	});

	it("a thousand big policies take no time to speak of", () => {
		const start = process.cpuUsage();
		makeShards(many(1000, 3_000));
		expect(process.cpuUsage(start).user / 1e6).toBeLessThan(5);
	});
});

import { describe, expect, it } from "vitest";
import { parseAcquireOptions, parseMirrors, sourcesFor } from "../../sandbox/apt";

const line = (...fields: string[]) => fields.join("|");

describe("parseMirrors", () => {
	it("takes Debian's archives by their origin and label, whatever their address", () => {
		const output = [
			line("http://mirror.example/d/", "bookworm", "main", "Debian", "Debian"),
			line("http://mirror.example/d/", "bookworm-updates", "main", "Debian", "Debian"),
			line("http://mirror.example/s/", "bookworm-security", "main", "Debian", "Debian-Security"),
		].join("\n");
		expect(parseMirrors(output)).toEqual({ main: "http://mirror.example/d/", security: "http://mirror.example/s/" });
	});

	it("leaves out other archives that use Debian's suites and components", () => {
		const output = [
			line("http://vendor.example/debian/", "bookworm", "main", "Vendor", "Vendor"),
			line("http://mirror.example/debian/", "bookworm-backports", "main", "Debian Backports", "Debian Backports"),
			line("http://mirror.example/debian/", "bookworm", "contrib", "Debian", "Debian"),
			line("http://ubuntu.example/ubuntu/", "noble", "main", "Ubuntu", "Ubuntu"),
		].join("\n");
		expect(parseMirrors(output)).toEqual({});
	});

	it("goes by the address before the first apt-get update, when apt knows no origins", () => {
		const output = [
			line("http://tools.example/apt/", "stable", "main", "$(ORIGIN)", "$(LABEL)"),
			line("http://mirror.example/debian-security/", "trixie-security", "main", "$(ORIGIN)", "$(LABEL)"),
			line("http://mirror.example/debian/", "trixie", "main", "", ""),
		].join("\n");
		expect(parseMirrors(output)).toEqual({
			main: "http://mirror.example/debian/",
			security: "http://mirror.example/debian-security/",
		});
	});
});

describe("sourcesFor", () => {
	const mirrors = { main: "http://mirror.example/debian/", security: "http://mirror.example/debian-security/" };

	it("names the release's own suites, not the machine's", () => {
		expect(sourcesFor("trixie", mirrors)).toEqual([
			"deb http://mirror.example/debian/ trixie main",
			"deb http://mirror.example/debian/ trixie-updates main",
			"deb http://mirror.example/debian-security/ trixie-security main",
		]);
	});

	it("has no updates and security suites for sid, and no security without its archive", () => {
		expect(sourcesFor("sid", mirrors)).toEqual(["deb http://mirror.example/debian/ sid main"]);
		expect(sourcesFor("bookworm", { main: mirrors.main })).toHaveLength(2);
	});

	it("leaves the mirror to mmdebstrap where the machine has none", () => {
		expect(sourcesFor("bookworm", {})).toEqual([]);
		expect(sourcesFor("bookworm", { security: mirrors.security })).toEqual([]);
	});
});

describe("parseAcquireOptions", () => {
	it("keeps what decides whether and how archives are reached, and nothing else", () => {
		const dump = [
			'APT::Architecture "amd64";',
			'Acquire "";',
			'Acquire::Check-Valid-Until "false";',
			'Acquire::http::Proxy "http://proxy.example:3128/";',
			'Acquire::https::Verify-Peer "";',
			'Acquire::Languages:: "none";',
			'Acquire::IndexTargets::deb::Packages::KeepCompressed "true";',
		].join("\n");
		expect(parseAcquireOptions(dump)).toEqual([
			'Acquire::Check-Valid-Until "false"',
			'Acquire::http::Proxy "http://proxy.example:3128/"',
		]);
	});
});

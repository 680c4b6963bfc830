import { describe, expect, it } from "vitest";
import { fileEvent, only, ownFileEvent, texts } from "./events";

const letters = [..."abcdefghijkl"];

describe("one path", () => {
	it.each([
		["/proc/1234/status", "@{PROC}/@{pid}/status r,"],
		["/proc/1234/task/1240/stat", "@{PROC}/@{pid}/task/@{tid}/stat r,"],
		["/proc/1234/fd/5", "@{PROC}/@{pid}/fd/[0-9]* r,"],
		["/proc/self/status", "/proc/self/status r,"],
		["/proc/1/status", "/proc/1/status r,"],
		["/run/user/1000/bus", "@{run}/user/@{uid}/bus r,"],
		["/var/run/user/1000/bus", "@{run}/user/@{uid}/bus r,"],
		["/tmp/app.Xa81bc", "/tmp/app.?????? r,"],
		["/tmp/sdtest.7283-14445-r31VAP/dir/", "/tmp/sdtest.7283-14445-??????/dir/ r,"],
		["/tmp/tmpab12cd_x", "/tmp/tmp???????? r,"],
		["/tmp/app.config", "/tmp/app.config r,"],
		["/tmp/app-worker12", "/tmp/app-worker12 r,"],
		["/var/cache/app/x-d41d8cd98f00b204e9800998ecf8427e.bin", "/var/cache/app/x-[0-9a-fA-F]*.bin r,"],
		["/var/lib/app/550e8400-e29b-41d4-a716-446655440000/f", "/var/lib/app/[0-9a-fA-F]*/f r,"],
		["/usr/lib/x86_64-linux-gnu/libssl.so.3", "/usr/lib/@{multiarch}/libssl.so.[0-9]* r,"],
		["/usr/lib/x86_64-linux-gnu/libfoo-1.2.so.3.4.5", "/usr/lib/@{multiarch}/libfoo-[0-9]*.so.[0-9]* r,"],
		["/usr/lib/python3.11/os.py", "/usr/lib/python[0-9]*/os.py r,"],
		["/etc/app-1.2/x", "/etc/app-1.2/x r,"],
		["/dev/pts/3", "/dev/pts/[0-9]* r,"],
		["/sys/devices/system/cpu/cpu0/online", "/sys/devices/system/cpu/cpu[0-9]*/online r,"],
		["/srv/data/file7", "/srv/data/file7 r,"],
	])("%s: %s", (name, text) => {
		expect(texts([fileEvent(name)])).toEqual([text]);
	});

	it("a home folder is anyone's only for its owner", () => {
		expect(texts([ownFileEvent("/home/alice/.config/app/x")])).toEqual(["owner @{HOME}/.config/app/x r,"]);
		expect(texts([fileEvent("/home/alice/.config/app/x")])).toEqual(["/home/alice/.config/app/x r,"]);
	});

	it("says why, and what the literal rule is", () => {
		expect(only([fileEvent("/proc/1234/status")])).toMatchObject({
			reason: "the program needs the file; a process has another number each time",
			alternatives: ["/proc/1234/status r,"],
		});
	});

	it("characters that mean something stay escaped beside a pattern", () => {
		expect(texts([fileEvent("/proc/12/*{a,b}")])).toEqual(["@{PROC}/@{pid}/\\*\\{a,b\\} r,"]);
	});

	it.each(["/home/alice/.ssh/id_rsa", "/proc/77/mem", "/etc/ssl/private/550e8400-e29b-41d4-a716-446655440000.pem"])(
		"%s holds secrets and stays as it is",
		(name) => {
			expect(texts([ownFileEvent(name)])).toEqual([`owner ${name} r,`]);
		},
	);
});

describe("several paths", () => {
	it("that only differ in a number become one rule, from two on", () => {
		expect(texts([fileEvent("/var/log/app/w-1.log", "w"), fileEvent("/var/log/app/w-20.log", "w")])).toEqual([
			"/var/log/app/w-[0-9]*.log w,",
		]);
		expect(texts([fileEvent("/var/log/app/w-1.log", "w")])).toEqual(["/var/log/app/w-1.log w,"]);
	});

	it("with more evidence asked for stay apart", () => {
		const events = [fileEvent("/srv/x/w1"), fileEvent("/srv/x/w2")];
		expect(texts(events, { evidence: { numbers: 3 } })).toEqual(["/srv/x/w1 r,", "/srv/x/w2 r,"]);
	});

	it("of one folder become the folder from five on, with the ending that all have", () => {
		const files = letters.slice(0, 5).map((letter) => fileEvent(`/srv/app/t/${letter}.html`));
		expect(texts(files)).toEqual(["/srv/app/t/*.html r,"]);
		expect(texts([...files, fileEvent("/srv/app/t/README")])).toEqual(["/srv/app/t/* r,"]);
		expect(texts(files.slice(1))).toHaveLength(4);
	});

	it("below a package's folder become the tree, from ten files in three folders on", () => {
		const files = letters.map((letter, index) =>
			fileEvent(`/usr/share/app/${["js", "css", "img"][index % 3]}/${letter}`),
		);
		expect(texts(files)).toEqual(["/usr/share/app/** r,"]);
	});

	it("below a package's folder that one pattern tells stay with that pattern", () => {
		const files = Array.from({ length: 40 }, (_, index) => fileEvent(`/srv/app/${index % 7}/x${index}`));
		expect(texts(files)).toEqual(["/srv/app/[0-9]*/x[0-9]* r,"]);
	});

	it("a tree is opened for reading only", () => {
		const files = letters.map((letter, index) =>
			fileEvent(`/var/lib/app/${["x", "y", "z"][index % 3]}/${letter}`, "rw"),
		);
		expect(texts(files)).toHaveLength(12);
	});

	it.each([
		"/etc",
		"/etc/app",
		"/root",
		"/home/alice",
		"/home/alice/.ssh",
		"/dev",
		"/run",
		"/tmp",
		"/var/lib",
		"/var/log",
		"/usr/bin",
		"/bin",
		"/proc/sys/kernel",
		"/sys/class/net",
		"/etc/ssl/private",
		"/opt",
		"",
	])("of %s stay apart: a file there says nothing about the others", (folder) => {
		expect(texts(letters.map((letter) => fileEvent(`${folder}/f${letter}`)))).toHaveLength(12);
	});

	it("accessed differently are counted apart", () => {
		const read = letters.slice(0, 4).map((letter) => fileEvent(`/srv/app/t/${letter}`));
		const written = letters.slice(4, 8).map((letter) => fileEvent(`/srv/app/t/${letter}`, "w"));
		expect(texts([...read, ...written])).toHaveLength(8);
	});

	it("what the owner's rule has for everyone already is left out of it", () => {
		const events = [fileEvent("/proc/12/status"), ownFileEvent("/proc/13/status", "rw")];
		expect(texts(events)).toEqual(["@{PROC}/@{pid}/status r,", "owner @{PROC}/@{pid}/status w,"]);
	});
});

/** Milliseconds of this process's CPU time, which other work on the machine does not lengthen. */
function cpuTime(work: () => void): number {
	const start = process.cpuUsage();
	work();
	const { user, system } = process.cpuUsage(start);
	return (user + system) / 1000;
}

it("time grows with the number of different files, not with its square", () => {
	const events = (count: number) =>
		Array.from({ length: count }, (_, index) => fileEvent(`/srv/a/${index % 100}/x${index}y/f`));
	texts(events(2000));
	const [few, many] = [5000, 40_000].map((count) => cpuTime(() => texts(events(count)))) as [number, number];
	expect(many).toBeLessThan(8 * few * 3);
}, 120_000);

it.each(["a.", "1.", "0a", ".so.1", "-", "/1", "{", "secret_", "a-1"])(
	"a megabyte of %s takes little time",
	(part) => {
		const rest = part.repeat(1_000_000 / part.length);
		expect(cpuTime(() => texts([fileEvent(`/usr/lib/${rest}`)]))).toBeLessThan(4000);
		expect(cpuTime(() => texts([ownFileEvent(`/tmp/${rest}`)]))).toBeLessThan(4000);
	},
	60_000,
);

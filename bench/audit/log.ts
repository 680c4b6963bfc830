import { once } from "node:events";
import { createWriteStream } from "node:fs";

/** How many lines of a generated log are AppArmor's. */
export const shareOfRecords = 0.05;

/** The profiles that the records are about; attached to `/usr/sbin/` and the name. */
export const profiles = ["web", "db", "cache", "agent"];

/** A log that was written. */
export interface GeneratedLog {
	path: string;
	bytes: number;
	lines: number;
	records: number;
}

const blockBytes = 1 << 20;

/**
 * Writes a syslog file of at least so many bytes: one line in twenty is a record of AppArmor's in complain mode, the
 * others are what kernels, daemons and firewalls log. The same seed gives the same log.
 */
export async function writeLog(path: string, bytes: number, seed = 1): Promise<GeneratedLog> {
	const log: GeneratedLog = { path, bytes: 0, lines: 0, records: 0 };
	const random = randomFrom(seed);
	const file = createWriteStream(path);
	while (log.bytes < bytes) {
		let block = "";
		while (block.length < blockBytes && log.bytes + block.length < bytes) {
			const isRecord = random() < shareOfRecords;
			block += isRecord ? recordLine(log.lines, random) : otherLine(log.lines, random);
			log.lines++;
			if (isRecord) log.records++;
		}
		log.bytes += block.length;
		if (!file.write(block)) await once(file, "drain");
	}
	file.end();
	await once(file, "close");
	return log;
}

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

type Random = () => number;
const upTo = (random: Random, end: number) => Math.floor(random() * end);
const oneOf = <Item>(random: Random, items: readonly Item[]) => items[upTo(random, items.length)] as Item;

const start = Date.UTC(2026, 0, 1) / 1000;
/** Lines a second of the day that the log is about. */
const rate = 100;

function stamp(line: number): string {
	return `${new Date((start + line / rate) * 1000).toISOString().slice(0, 23)}+00:00 host-1`;
}

const folders = ["/etc/app", "/srv/www/html", "/var/lib/app", "/usr/share/app/locale", "/opt/app/lib", "/run/app"];
const masks = ["r", "r", "r", "w", "wc", "rm"];

function recordLine(line: number, random: Random): string {
	const profile = oneOf(random, profiles);
	const serial = 1000 + line;
	const epoch = (start + line / rate).toFixed(3);
	const uptime = (line / rate).toFixed(6).padStart(12);
	const pid = 400 + upTo(random, 30_000);
	const head = `${stamp(line)} kernel: [${uptime}] audit: type=1400 audit(${epoch}:${serial}): apparmor="ALLOWED"`;
	return `${head} ${access(profile, pid, random)}\n`;
}

function access(profile: string, pid: number, random: Random): string {
	const who = `profile="${profile}"`;
	const process = `pid=${pid} comm="${profile}"`;
	const kind = random();
	if (kind < 0.8) {
		// Most accesses are to few files, and each file is used in one way.
		const number = Math.floor(random() ** 3 * 200);
		const name = `${oneOf(random, folders)}/part-${number}.conf`;
		const mask = masks[number % masks.length];
		const tail = `${process} requested_mask="${mask}" denied_mask="${mask}" fsuid=33 ouid=${number % 2 === 0 ? 0 : 33}`;
		return `operation="open" class="file" ${who} name="${name}" ${tail}`;
	}
	if (kind < 0.88) {
		const tail = 'requested_mask="create" denied_mask="create"';
		return `operation="create" class="net" ${who} ${process} family="inet" sock_type="stream" protocol=6 ${tail}`;
	}
	if (kind < 0.94) return `operation="capable" class="cap" ${who} ${process} capability=10  capname="net_bind_service"`;
	const mask = 'requested_mask="send" denied_mask="send"';
	return `operation="signal" class="signal" ${who} ${process} ${mask} signal=term peer="${profile}//worker"`;
}

function otherLine(line: number, random: Random): string {
	const number = upTo(random, 60_000);
	const address = `10.0.${upTo(random, 256)}.${upTo(random, 256)}`;
	const uptime = (line / rate).toFixed(6).padStart(12);
	const text = oneOf(random, [
		`kernel: [${uptime}] [UFW BLOCK] IN=eth0 OUT= SRC=${address} DST=10.0.0.1 LEN=60 TTL=52 PROTO=TCP SPT=${number} DPT=22`,
		`kernel: [${uptime}] audit: type=1300 audit(${start}.000:${number}): arch=c000003e syscall=59 success=yes exit=0 pid=${number}`,
		`kernel: [${uptime}] eth0: renamed from veth${number}`,
		`systemd[1]: Started session-${number}.scope - Session ${number} of User deploy.`,
		`sshd[${number}]: Accepted publickey for deploy from ${address} port ${number} ssh2: ED25519 SHA256:abcdefghijklmnop`,
		`CRON[${number}]: (root) CMD (test -x /usr/sbin/anacron || run-parts --report /etc/cron.daily)`,
		`dockerd[812]: time="2026-01-01T00:00:00Z" level=info msg="ignoring event" container=${number} topic=/tasks/delete`,
		`postfix/smtpd[${number}]: disconnect from unknown[${address}] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`,
	]);
	return `${stamp(line)} ${text}\n`;
}

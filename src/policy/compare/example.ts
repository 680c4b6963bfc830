import { families } from "../knowledge/network";
import { fromBytes } from "./bytes";
import { optionNames } from "./classes/mount";
import { signalName } from "./classes/peers";
import { typeNumbers } from "./classes/unix";
import type { SpaceName } from "./spaces";

/** A text of a space for a person. */
export function describeExample(space: SpaceName, bytes: Uint8Array): string {
	switch (space) {
		case "signal":
			return `set=${signalName(bytes[0] ?? 0)} peer=${fromBytes(bytes.subarray(1))}`;
		case "net":
			return socketExample(bytes);
		case "mount":
			return mountExample(bytes);
		case "dbus":
			return dbusExample(split(bytes));
		case "ptrace":
			return `peer=${fromBytes(bytes)}`;
		case "link":
		case "change_profile":
			return split(bytes).join(" -> ");
		case "pivot_root": {
			const [newRoot = "", oldRoot = ""] = split(bytes);
			return oldRoot === "" ? newRoot : `oldroot=${oldRoot} ${newRoot}`;
		}
		case "posix_mqueue":
		case "sysv_mqueue": {
			const [name = "", label] = split(bytes);
			return label === undefined ? name : `${name} label=${label}`;
		}
		case "io_uring":
			return bytes.length === 0 ? "" : `label=${fromBytes(bytes)}`;
		case "file":
		case "umount":
		case "userns":
			return fromBytes(bytes);
	}
}

function split(bytes: Uint8Array): string[] {
	const parts: string[] = [];
	let from = 0;
	for (let at = bytes.indexOf(0); at !== -1; at = bytes.indexOf(0, from)) {
		parts.push(fromBytes(bytes.subarray(from, at)));
		from = at + 1;
	}
	return [...parts, fromBytes(bytes.subarray(from))];
}

function named(values: [name: string, value: string | undefined][]): string {
	return values
		.filter(([, value]) => value !== undefined && value !== "")
		.map(([name, value]) => `${name}=${value}`)
		.join(" ");
}

function dbusExample([bus, name, label, path, member, ...rest]: string[]): string {
	const peer = label === undefined ? name : undefined;
	return named([
		["bus", bus],
		["name", peer],
		["path", path],
		["interface", member],
		["member", rest[0]],
		["peer.name", label === undefined ? undefined : name],
		["peer.label", label],
	]);
}

function mountExample(bytes: Uint8Array): string {
	const [target = "", source = "", type = ""] = split(bytes);
	let at = -1;
	for (let field = 0; field < 3; field++) at = bytes.indexOf(0, at + 1);
	const options = optionNames(bytes.subarray(at + 1));
	const conditions = named([
		["fstype", type],
		["options", options.length === 0 ? undefined : `(${options.join(", ")})`],
	]);
	const paths = source === "" && target === "" ? "" : `${source} -> ${target}`;
	return `${conditions} ${paths}`.trim();
}

const typeNames = new Map(Object.entries(typeNumbers).map(([name, number]) => [number, name]));
const unix = families.indexOf("unix");
/** Where a unix socket's address begins: behind its family, its type and the two bytes of its protocol. */
const addressAt = 4;

function socketExample(bytes: Uint8Array): string {
	const [family = 0, type = 0] = bytes;
	const socket = `${families[family] ?? `family ${family}`} ${typeNames.get(type) ?? `type ${type}`}`;
	if (family !== unix) return bytes.length <= 3 ? socket : `${socket} ${internetExample(bytes.subarray(3))}`.trim();
	const own = bytes.subarray(addressAt);
	if (own.length === 0) return socket;
	const [address, rest] = unixEnd(own);
	const peer = rest[0] === 1 ? unixEnd(rest.subarray(1))[0] : undefined;
	return [socket, address, peer === undefined || peer === "" ? "" : `peer=(${peer})`]
		.filter((part) => part !== "")
		.join(" ");
}

/** An address and a label at the start of bytes, and what stands behind them. */
function unixEnd(bytes: Uint8Array): [text: string, rest: Uint8Array] {
	const abstract = bytes[0] === 0 && bytes.length > 1 && bytes.indexOf(0, 1) !== -1;
	const end = bytes.indexOf(0, abstract ? 1 : 0);
	if (end === -1) return ["", new Uint8Array()];
	const address = bytes.subarray(abstract ? 1 : 0, end);
	const labelEnd = bytes.indexOf(0, end + 1);
	const label = fromBytes(bytes.subarray(end + 1, labelEnd === -1 ? bytes.length : labelEnd));
	const name = address[0] === 1 ? "none" : `${abstract ? "@" : ""}${fromBytes(address)}`;
	const text = named([
		["addr", name],
		["label", label],
	]);
	return [text, labelEnd === -1 ? new Uint8Array() : bytes.subarray(labelEnd + 1)];
}

/** Two ports of two bytes each, the socket's and its peer's, and two addresses, each with a NUL behind it. */
function internetExample(bytes: Uint8Array): string {
	const port = (at: number): string | undefined => {
		const number = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
		return number === 0 ? undefined : String(number);
	};
	const [address, peer] = split(bytes.subarray(4));
	return named([
		["ip", address],
		["port", port(0)],
		["peer.ip", peer],
		["peer.port", port(2)],
	]);
}

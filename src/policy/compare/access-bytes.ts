import { families } from "../knowledge/network";
import type {
	Access,
	ChangeProfileAccess,
	DbusAccess,
	ExecAccess,
	FileAccess,
	LinkAccess,
	MountAccess,
	NetworkAccess,
	UnixAccess,
} from "./access";
import { toBytes } from "./bytes";
import { optionBytes } from "./classes/mount";
import { signalNumber } from "./classes/peers";
import { typeNumbers } from "./classes/unix";
import { fileBit, otherShift, permissionBits, type SpaceName } from "./spaces";

/** A text of a space, and the permissions that an access needs on it. */
export interface Question {
	space: SpaceName;
	bytes: Uint8Array;
	permissions: number;
}

/** Stands for a value that is not known: no rule names it, but those match that take any. */
const unknown = "\u0001?";

/** What a policy must allow for an access to be allowed: all of the questions. */
export function questionsOf(access: Exclude<Access, { class: "capability" }>): Question[] {
	switch (access.class) {
		case "file":
			return fileQuestions(access);
		case "exec":
			return fileQuestion(access, fileBit("x"));
		case "link":
			return [linkQuestion(access, access.target)];
		case "network":
			return [networkQuestion(access)];
		case "unix":
			return unixQuestions(access);
		case "dbus":
			return dbusQuestions(access);
		case "signal": {
			const bytes = join([signalNumber(access.signal)], toBytes(access.peer));
			return [{ space: "signal", bytes, permissions: permissionBits("signal", access.permissions) }];
		}
		case "ptrace": {
			const permissions = permissionBits("ptrace", access.permissions);
			return [{ space: "ptrace", bytes: toBytes(access.peer), permissions }];
		}
		case "mount":
			return [{ space: "mount", bytes: mountBytes(access), permissions: 1 }];
		case "umount":
			return [{ space: "umount", bytes: toBytes(access.target), permissions: 1 }];
		case "pivot_root": {
			const bytes = fields(access.newRoot, access.oldRoot ?? unknown);
			return [{ space: "pivot_root", bytes, permissions: 1 }];
		}
		case "change_profile":
			return changeProfileQuestions(access);
		case "mqueue": {
			const space = access.type === "sysv" ? "sysv_mqueue" : "posix_mqueue";
			const bytes = fields(access.name, access.label ?? unknown);
			return [{ space, bytes, permissions: permissionBits(space, access.permissions) }];
		}
		case "io_uring": {
			const permissions = permissionBits("io_uring", access.permissions);
			return [{ space: "io_uring", bytes: toBytes(access.label ?? unknown), permissions }];
		}
		case "userns":
			return [{ space: "userns", bytes: toBytes(""), permissions: permissionBits("userns", []) }];
	}
}

function fileQuestions(access: FileAccess): Question[] {
	const bits = access.permissions
		.filter((permission) => permission !== "l")
		.reduce((sum, permission) => sum | fileBit(permission), 0);
	return [
		...(bits === 0 ? [] : fileQuestion(access, bits)),
		...(access.permissions.includes("l") ? [linkQuestion(access, `/${unknown}`)] : []),
	];
}

function fileQuestion({ path, owner }: FileAccess | ExecAccess, bits: number): Question[] {
	return [{ space: "file", bytes: toBytes(path), permissions: owner ? bits : bits << otherShift }];
}

function linkQuestion({ path, owner }: FileAccess | LinkAccess, target: string): Question {
	return {
		space: "link",
		bytes: fields(path, target),
		permissions: permissionBits("link", [owner ? "owner" : "other"]),
	};
}

function networkQuestion(access: NetworkAccess): Question {
	const socket = [familyNumber(access.family), typeNumbers[access.type ?? ""] ?? unknownType];
	const ports = [access.port, access.peerPort].flatMap((port = 0) => [(port >> 8) & 255, port & 255]);
	const addresses = [access.address, access.peerAddress].map((address) => toBytes(address?.toLowerCase() ?? unknown));
	const bytes = join([...socket, 2, ...ports], ...addresses.flatMap((address) => [address, [0]]));
	return { space: "net", bytes, permissions: permissionBits("net", access.permissions) };
}

/** No socket type has this number. */
const unknownType = 255;

function familyNumber(family: string): number {
	const number = families.indexOf(family);
	return number === -1 ? unknownType : number;
}

/** A socket's permissions are asked for in several places, each with what is known there. */
function unixQuestions(access: UnixAccess): Question[] {
	const socket = [familyNumber("unix"), typeNumbers[access.type] ?? unknownType, 0, 0];
	const own = join(socket, unixAddress(access.address), [0], toBytes(unknown), [0]);
	const peer = join(own, [1], unixAddress(access.peerAddress), [0], toBytes(access.peer ?? unknown));
	const places: [bytes: Uint8Array, permissions: string[]][] = [
		[join(socket), ["create"]],
		[own, ["shutdown", "setattr", "getattr", "bind"]],
		[join(own, [2, 0, 0]), ["listen"]],
		[join(own, [4, 0, 0]), ["getopt", "setopt"]],
		[peer, ["send", "receive", "connect", "accept"]],
	];
	const wanted = permissionBits("net", access.permissions);
	return places.flatMap(([bytes, names]) => {
		const permissions = wanted & permissionBits("net", names);
		return permissions === 0 ? [] : [{ space: "net", bytes, permissions }];
	});
}

function unixAddress(address: string | undefined): Uint8Array {
	if (address === undefined || address === "none") return Uint8Array.of(1);
	return join([0], toBytes(address.replace(/^@/, "")));
}

function dbusQuestions(access: DbusAccess): Question[] {
	const bus = access.bus ?? unknown;
	const name = access.name ?? access.peerName ?? unknown;
	const message = [access.peer, access.path, access.interface, access.member].map((value) => value ?? unknown);
	const places: [bytes: Uint8Array, permissions: string[]][] = [
		[fields(bus, name), ["bind"]],
		[fields(bus, name, ...message), ["send", "receive"]],
		[toBytes(bus), ["eavesdrop"]],
	];
	const wanted = permissionBits("dbus", access.permissions);
	return places.flatMap(([bytes, names]) => {
		const permissions = wanted & permissionBits("dbus", names);
		return permissions === 0 ? [] : [{ space: "dbus", bytes, permissions }];
	});
}

function mountBytes({ target, source, fstype, options }: MountAccess): Uint8Array {
	const names = fields(target, source ?? unknown, fstype ?? unknown);
	return join(names, [0], optionBytes(options));
}

function changeProfileQuestions({ target, exec }: ChangeProfileAccess): Question[] {
	const space = "change_profile";
	if (exec === undefined)
		return [{ space, bytes: toBytes(target), permissions: permissionBits(space, ["change_profile"]) }];
	const permissions = permissionBits(space, ["onexec"]);
	return [{ space, bytes: fields(exec, target), permissions }];
}

function fields(...values: string[]): Uint8Array {
	return join(...values.flatMap((value, index) => (index === 0 ? [toBytes(value)] : [[0], toBytes(value)])));
}

function join(...parts: ArrayLike<number>[]): Uint8Array {
	const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}

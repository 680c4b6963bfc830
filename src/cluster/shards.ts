import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type DeclaredProfile, policyFileName } from "./declared";

/** What one ConfigMap holds. */
export interface Shard {
	/** Its place among the others, as a part of its name: "policies-0", "declared". */
	part: string;
	data?: Record<string, string>;
	/** In base64. */
	binaryData?: Record<string, string>;
	/** SHA-256, in hex, of what it holds before compression. */
	contentHash: string;
}

/** Something that no ConfigMap can hold. */
export class TooBig extends Error {
	override readonly name = "TooBig";
}

/** 1 MiB is the API server's limit on the values of a ConfigMap; names and metadata go beside them. */
const maximumBytes = 1_000_000;

/** The file in which the loader finds what is declared. */
const declaredFile = "declared";

/**
 * Spreads policies over as few ConfigMaps as need be. As long as one holds them all they are plain text, which people
 * can read in a preview; beyond that each is compressed where that makes it smaller. Which ConfigMap a profile is in
 * depends on its name and on their number only: a changed policy changes one of them, and the list of what is declared.
 *
 * @throws TooBig where a single policy, or the list of what is declared, fills more than a ConfigMap.
 */
export function makeShards(profiles: readonly DeclaredProfile[]): Shard[] {
	const sorted = [...profiles].sort((a, b) => (a.loadedName < b.loadedName ? -1 : 1));
	const plain = sorted.map(plainFile);
	const list = declaredList(sorted, plain);
	if (totalBytes(plain) + list.bytes <= maximumBytes) return [shardOf("policies-0", [list, ...plain])];
	const files = sorted.map((profile, index) => compressed(profile, plain[index] as File));
	const compressedList = declaredList(sorted, files);
	if (compressedList.bytes > maximumBytes)
		throw new TooBig(
			`${sorted.length} profiles are too many for one distribution: the list of their names alone is ${compressedList.bytes} bytes, and a ConfigMap holds ${maximumBytes}`,
		);
	return [
		shardOf(declaredFile, [compressedList]),
		...buckets(files).flatMap((bucket, index) => (bucket.length > 0 ? [shardOf(`policies-${index}`, bucket)] : [])),
	];
}

interface File {
	key: string;
	/** Decides which ConfigMap it is in: the same whether compressed or not. */
	profile: string;
	text: string;
	gzip?: Buffer;
	bytes: number;
}

function plainFile({ loadedName, text }: DeclaredProfile): File {
	return { key: policyFileName(loadedName), profile: loadedName, text, bytes: Buffer.byteLength(text) };
}

function compressed({ name }: DeclaredProfile, plain: File): File {
	const gzip = gzipSync(plain.text, { level: 9 });
	// The header's operating system is that of who compressed it.
	gzip[9] = 255;
	const file = gzip.length < plain.bytes ? { ...plain, key: `${plain.key}.gz`, gzip, bytes: gzip.length } : plain;
	if (file.bytes > maximumBytes)
		throw new TooBig(
			`the policy of ${name} is ${file.bytes} bytes after compression, and a ConfigMap holds ${maximumBytes}: split the profile`,
		);
	return file;
}

/** A line for each profile: name, mode, hash and file, with a tab between. */
function declaredList(profiles: readonly DeclaredProfile[], files: readonly File[]): File {
	const text = profiles
		.map(({ loadedName, mode, policyHash }, index) =>
			[loadedName, mode, policyHash, (files[index] as File).key].join("\t"),
		)
		.map((line) => `${line}\n`)
		.join("");
	return { key: declaredFile, profile: "", text, bytes: Buffer.byteLength(text) };
}

/** Doubles the number of buckets until none is too full, so that it hardly ever changes. */
function buckets(files: readonly File[]): File[][] {
	const hashed = files.map((file) => ({ file, hash: createHash("sha256").update(file.profile).digest() }));
	for (let count = 1; ; count *= 2) {
		const found: File[][] = Array.from({ length: count }, () => []);
		for (const { file, hash } of hashed) found[hash.readUInt32BE(0) % count]?.push(file);
		if (found.every((bucket) => totalBytes(bucket) <= maximumBytes)) return found;
	}
}

function totalBytes(files: readonly File[]): number {
	return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function shardOf(part: string, files: readonly File[]): Shard {
	const hash = createHash("sha256");
	const data: Record<string, string> = {};
	const binaryData: Record<string, string> = {};
	for (const { key, text, gzip } of files) {
		hash.update(`${key}\0${text}\0`);
		if (gzip) binaryData[key] = gzip.toString("base64");
		else data[key] = text;
	}
	return {
		part,
		...(Object.keys(data).length > 0 ? { data } : {}),
		...(Object.keys(binaryData).length > 0 ? { binaryData } : {}),
		contentHash: hash.digest("hex"),
	};
}

/** Every byte of a word but its highest bit, and that alone. */
const low = 0x7f7f7f7f;
const high = 0x80808080;
const newlines = 0x0a0a0a0a;
/** A lane of eight bits counts to 255. */
const mostWords = 255;

/** How many line ends the bytes have; four at a time, because a log's every byte passes here. */
export function countNewlines(bytes: Uint8Array): number {
	let at = 0;
	let count = 0;
	while (at < bytes.length && (bytes.byteOffset + at) % 4 !== 0) if (bytes[at++] === 10) count++;
	if (at === bytes.length) return count;
	const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (bytes.length - at) >> 2);
	for (let start = 0; start < words.length; start += mostWords) {
		const end = Math.min(start + mostWords, words.length);
		let lanes = 0;
		for (let index = start; index < end; index++) {
			const word = (words[index] as number) ^ newlines;
			// Leaves of each byte its highest bit, set where the byte is a line end; each lane sums those of one byte.
			lanes += (~(((word & low) + low) | word) & high) >>> 7;
		}
		count += (lanes & 0xff) + ((lanes >>> 8) & 0xff) + ((lanes >>> 16) & 0xff) + (lanes >>> 24);
	}
	for (at += words.length * 4; at < bytes.length; at++) if (bytes[at] === 10) count++;
	return count;
}

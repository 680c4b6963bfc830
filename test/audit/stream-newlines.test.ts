import fc from "fast-check";
import { expect, it } from "vitest";
import { countNewlines } from "../../src/audit/stream/newlines";

it("counts line ends wherever the bytes start, also those beside bytes that differ from one in a bit", () => {
	const byte = fc.constantFrom(10, 10, 9, 11, 0x8a, 0, 255, 97);
	fc.assert(
		fc.property(fc.array(byte, { maxLength: 40 }), fc.nat(7), (bytes, offset) => {
			const buffer = Uint8Array.from([...Array(offset).fill(10), ...bytes]);
			expect(countNewlines(buffer.subarray(offset))).toBe(bytes.filter((one) => one === 10).length);
		}),
	);
});

it("counts more than a lane of bits holds", () => {
	expect(countNewlines(new Uint8Array(1_000_003).fill(10))).toBe(1_000_003);
});

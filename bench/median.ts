/** The middle one, or of an even number the lower of the two. */
export function median(numbers: number[]): number {
	const sorted = [...numbers].sort((a, b) => a - b);
	const middle = sorted[Math.ceil(sorted.length / 2) - 1];
	if (middle === undefined) throw new Error("no numbers");
	return middle;
}

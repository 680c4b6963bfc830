/** The value of an option that is a number from 1. */
export function wholeNumber(option: string, text: string): number {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 1) throw new Error(`--${option} ${text}: must be a number from 1`);
	return value;
}

const decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const quantity = /^([+-]?)(\d{1,60})?(?:\.(\d{0,60}))?(?:([eE][+-]?\d{1,2})|(n|u|m|k|M|G|T|P|E|[KMGTPE]i))?$/;
const nano = 1_000_000_000n;

/**
 * A resource quantity as the API server prints it (`1024Mi` → `1Gi`, `0.5` → `500m`), so that what a program says can
 * be compared with what the cluster has. What is no quantity, and an exponent, stays as it is.
 * Source: k8s.io/apimachinery/pkg/api/resource, the canonical form.
 */
export function canonicalQuantity(text: string): string {
	const found = quantity.exec(text);
	if (!found || (found[2] === undefined && !found[3]) || found[4] !== undefined) return text;
	const [, sign = "", whole = "0", fraction = "", , suffix = ""] = found;
	const isBinary = suffix.endsWith("i");
	// In billionths of one, rounded up, as Kubernetes does.
	const scaled = BigInt(whole + fraction) * factor(suffix);
	const nanos = divideUp(scaled, 10n ** BigInt(fraction.length));
	if (nanos === 0n) return "0";
	const prefix = sign === "-" ? "-" : "";
	return prefix + (isBinary && nanos >= 1024n * nano ? inBinary(divideUp(nanos, nano)) : inDecimal(nanos));
}

function factor(suffix: string): bigint {
	const power = binary.indexOf(suffix);
	return power >= 0 ? nano * 1024n ** BigInt(power + 1) : 1000n ** BigInt(decimal.indexOf(suffix));
}

const divideUp = (a: bigint, b: bigint) => (a + b - 1n) / b;

function inBinary(value: bigint): string {
	let power = 0;
	while (power < binary.length && value % 1024n === 0n) {
		value /= 1024n;
		power++;
	}
	return `${value}${power === 0 ? "" : binary[power - 1]}`;
}

function inDecimal(value: bigint): string {
	let power = 0;
	while (power < decimal.length - 1 && value % 1000n === 0n) {
		value /= 1000n;
		power++;
	}
	return `${value}${decimal[power]}`;
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { ensureSystemPackages } from "../../setup/packages";

/** A certificate and its key, as files. */
export interface KeyPair {
	cert: string;
	key: string;
}

export interface CertificateRequest {
	/** The user's name, for a client. */
	commonName: string;
	/** The user's group, for a client. */
	organization?: string;
	/** What a server is called, as in "DNS:localhost" or "IP:127.0.0.1". */
	names?: string[];
}

/** A throw-away cluster does not live longer. */
const days = "365";
const ellipticKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** A cluster's own certificate authority, in a folder that only this user can read. */
export class CertificateAuthority {
	private constructor(private readonly folder: string) {}

	static async create(folder: string): Promise<CertificateAuthority> {
		await ensureSystemPackages([{ command: "openssl", package: "openssl" }]);
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		const authority = new CertificateAuthority(folder);
		// The machine's own may add extensions.
		writeFileSync(authority.config, "[req]\ndistinguished_name=subject\n[subject]\n");
		await authority.openssl([
			...["req", "-x509", ...ellipticKey, "-days", days, "-subj", "/CN=sandbox-cluster"],
			...["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "subjectKeyIdentifier=hash"],
			...["-addext", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature"],
			...["-keyout", authority.pair.key, "-out", authority.pair.cert],
		]);
		return authority;
	}

	/** The authority that `create` has made in this folder before. */
	static in(folder: string): CertificateAuthority {
		return new CertificateAuthority(folder);
	}

	/** The authority's own certificate and key. */
	get pair(): KeyPair {
		return { cert: join(this.folder, "ca.crt"), key: join(this.folder, "ca.key") };
	}

	/** The files of what `issue` has made, or will. */
	issued(file: string): KeyPair {
		return { cert: join(this.folder, `${file}.crt`), key: join(this.folder, `${file}.key`) };
	}

	/** Makes a key and a certificate for it that is good for clients and servers. */
	async issue(file: string, request: CertificateRequest): Promise<KeyPair> {
		const pair = this.issued(file);
		const organization = request.organization ? `/O=${request.organization}` : "";
		const extensions = [
			"basicConstraints=critical,CA:FALSE",
			"keyUsage=critical,digitalSignature",
			"extendedKeyUsage=clientAuth,serverAuth",
			...(request.names ? [`subjectAltName=${request.names.join(",")}`] : []),
		];
		await this.openssl([
			...["req", "-x509", ...ellipticKey, "-days", days, "-subj", `${organization}/CN=${request.commonName}`],
			...["-CA", this.pair.cert, "-CAkey", this.pair.key, "-keyout", pair.key, "-out", pair.cert],
			...extensions.flatMap((extension) => ["-addext", extension]),
		]);
		return pair;
	}

	/** Makes a bare key pair, with which service account tokens are signed and checked. */
	async makeSigningKey(file: string): Promise<{ privateKey: string; publicKey: string }> {
		const pair = { privateKey: join(this.folder, `${file}.key`), publicKey: join(this.folder, `${file}.pub`) };
		await this.openssl(["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", pair.privateKey]);
		await this.openssl(["ec", "-in", pair.privateKey, "-pubout", "-out", pair.publicKey]);
		return pair;
	}

	private get config(): string {
		return join(this.folder, "openssl.cnf");
	}

	private async openssl(args: string[]): Promise<void> {
		await execa("openssl", args, { env: { OPENSSL_CONF: this.config }, stdin: "ignore" });
	}
}

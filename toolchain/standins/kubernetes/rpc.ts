import { Metadata, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { DiffResponse, ErrorResourceInitFailed, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Bag } from "../values";
import type { Comparison } from "./diff";

/** A unary method from a plain function; what that throws becomes the resource's error. */
export function unary<Request, Response>(handler: (request: Request) => Promise<Response> | Response) {
	return async (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>) => {
		try {
			reply(null, await handler(call.request));
		} catch (error) {
			const details = (error as Error).message;
			const metadata = error instanceof HalfDone ? error.metadata() : new Metadata();
			reply({ code: status.UNKNOWN, details, metadata });
		}
	};
}

export const bagOf = (struct: Struct | undefined) => (struct?.toJavaScript() ?? {}) as Bag;
export const structOf = (bag: Bag) => Struct.fromJavaScript(bag);

/** An error after which there is an object, though not as it should be: it goes into the state all the same. */
export class HalfDone extends Error {
	override name = "HalfDone";

	constructor(
		message: string,
		private readonly id: string,
		private readonly state: Bag,
		private readonly reasons: string[],
		private readonly inputs?: Bag,
	) {
		super(message);
	}

	/** In the form in which gRPC carries an error's details, which its library for Node.js leaves to its users. */
	metadata(): Metadata {
		const failed = new ErrorResourceInitFailed()
			.setId(this.id)
			.setProperties(structOf(this.state))
			.setReasonsList([this.message, ...this.reasons]);
		if (this.inputs) failed.setInputs(structOf(this.inputs));
		const any = new Any();
		any.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
		const carried = new Status().setCode(status.UNKNOWN).setMessage(this.message);
		carried.addDetails(any);
		const metadata = new Metadata();
		metadata.add("grpc-status-details-bin", Buffer.from(carried.serializeBinary()));
		return metadata;
	}
}

const kinds = {
	add: [PropertyDiff.Kind.ADD, PropertyDiff.Kind.ADD_REPLACE],
	delete: [PropertyDiff.Kind.DELETE, PropertyDiff.Kind.DELETE_REPLACE],
	update: [PropertyDiff.Kind.UPDATE, PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

export function diffResponse({ changes, deleteBeforeReplace }: Comparison): DiffResponse {
	const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
	const response = new DiffResponse()
		.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE)
		.setDiffsList(changes.map(({ path }) => path))
		.setReplacesList(changes.filter(({ replace }) => replace).map(({ path }) => path))
		.setDeletebeforereplace(deleteBeforeReplace)
		.setHasdetaileddiff(true);
	for (const { path, kind, replace } of changes) {
		const diff = new PropertyDiff().setKind(kinds[kind][replace ? 1 : 0]).setInputdiff(kind === "delete");
		response.getDetaileddiffMap().set(path, diff);
	}
	return response;
}

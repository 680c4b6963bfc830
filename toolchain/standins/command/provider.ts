import { randomBytes } from "node:crypto";
import { type ServerUnaryCall, type sendUnaryData, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import {
	CheckFailure,
	type CheckRequest,
	CheckResponse,
	ConfigureResponse,
	type CreateRequest,
	CreateResponse,
	type DeleteRequest,
	type DiffRequest,
	DiffResponse,
	PropertyDiff,
	type ReadRequest,
	ReadResponse,
	type UpdateRequest,
	UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { commandPluginVersion } from "../../versions";
import type { EngineLog } from "../engine-log";
import { standInNotice } from "../plugin";
import { type Bag, plain } from "../values";
import { diffInputs, type PropertyChange } from "./diff";
import { createOutputs, previewCreate, previewUpdate, type Resource, resourceOf, updateOutputs } from "./resource";
import { misfits, normalise } from "./shapes";

/** A unary method from a plain function; what that throws becomes the resource's error. */
function unary<Request, Response>(handler: (request: Request) => Promise<Response> | Response) {
	return async (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>) => {
		try {
			reply(null, await handler(call.request));
		} catch (error) {
			reply({ code: status.UNKNOWN, details: (error as Error).message });
		}
	};
}

const bagOf = (struct: Struct | undefined) => (struct?.toJavaScript() ?? {}) as Bag;
const structOf = (bag: Bag) => Struct.fromJavaScript(bag);

/** `name` of the resource that a URN names. */
const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);

export function commandProvider(log: EngineLog): UntypedServiceImplementation {
	const cancel = new AbortController();
	const run = (resource: Resource, urn: string, command: string | undefined, inputs: Bag, previous: Bag) =>
		command === undefined
			? Promise.resolve({})
			: resource.run(command, plain(inputs) as Bag, previous, log.for(urn), cancel.signal);

	return {
		getPluginInfo: unary(() => new PluginInfo().setVersion(commandPluginVersion)),
		checkConfig: unary((request: CheckRequest) => new CheckResponse().setInputs(request.getNews())),
		diffConfig: unary(() => new DiffResponse()),
		configure: unary(() => {
			log.for("").info(standInNotice("pulumi-resource-command"));
			return new ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true).setAcceptresources(true);
		}),
		check: unary((request: CheckRequest) => {
			const { shape } = resourceOf(request.getUrn());
			const news = bagOf(request.getNews());
			const failures = misfits(news, shape);
			if (failures.length === 0) return new CheckResponse().setInputs(structOf(normalise(news, shape)));
			return new CheckResponse()
				.setInputs(request.getNews())
				.setFailuresList(
					failures.map(({ property, reason }) => new CheckFailure().setProperty(property).setReason(reason)),
				);
		}),
		diff: unary((request: DiffRequest) => {
			const { shape } = resourceOf(request.getUrn());
			const olds = bagOf(request.getOlds());
			const news = withIgnored(bagOf(request.getNews()), olds, request.getIgnorechangesList());
			return diffResponse(diffInputs(olds, news, shape));
		}),
		create: unary(async (request: CreateRequest) => {
			const resource = resourceOf(request.getUrn());
			const inputs = bagOf(request.getProperties());
			const id = nameOf(request.getUrn()) + randomBytes(4).toString("hex");
			const outputs = request.getPreview()
				? previewCreate(inputs)
				: createOutputs(inputs, await run(resource, request.getUrn(), text(inputs.create), inputs, {}));
			return new CreateResponse().setId(id).setProperties(structOf(outputs));
		}),
		update: unary(async (request: UpdateRequest) => {
			const resource = resourceOf(request.getUrn());
			const olds = bagOf(request.getOlds());
			const news = withIgnored(bagOf(request.getNews()), olds, request.getIgnorechangesList());
			const command = text(news.update) ?? text(news.create);
			const outputs = request.getPreview()
				? previewUpdate(resource, olds, news)
				: updateOutputs(resource, olds, news, await run(resource, request.getUrn(), command, news, plain(olds) as Bag));
			return new UpdateResponse().setProperties(structOf(outputs));
		}),
		delete: unary(async (request: DeleteRequest) => {
			const olds = bagOf(request.getProperties());
			const command = text(olds.delete);
			await run(resourceOf(request.getUrn()), request.getUrn(), command, olds, plain(olds) as Bag);
			return new Empty();
		}),
		// A command cannot be read back: what is in the state is all that is known.
		read: unary((request: ReadRequest) =>
			new ReadResponse().setId(request.getId()).setProperties(request.getProperties()).setInputs(request.getInputs()),
		),
		cancel: unary(() => {
			cancel.abort();
			return new Empty();
		}),
	};
}

function text(value: Bag[string] | undefined): string | undefined {
	const inner = value === undefined ? value : plain(value);
	return typeof inner === "string" ? inner : undefined;
}

function withIgnored(news: Bag, olds: Bag, ignored: string[]): Bag {
	const result = { ...news };
	for (const key of ignored) {
		const old = olds[key];
		if (old === undefined) delete result[key];
		else result[key] = old;
	}
	return result;
}

function diffResponse(changes: PropertyChange[]): DiffResponse {
	const kinds = {
		add: PropertyDiff.Kind.ADD,
		delete: PropertyDiff.Kind.DELETE,
		update: PropertyDiff.Kind.UPDATE,
	};
	const replacing = {
		add: PropertyDiff.Kind.ADD_REPLACE,
		delete: PropertyDiff.Kind.DELETE_REPLACE,
		update: PropertyDiff.Kind.UPDATE_REPLACE,
	};
	const response = new DiffResponse()
		.setChanges(changes.length > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE)
		.setDiffsList(changes.map(({ path }) => path))
		.setReplacesList(changes.filter(({ replace }) => replace).map(({ path }) => path))
		.setHasdetaileddiff(true);
	for (const { path, kind, replace } of changes) {
		response.getDetaileddiffMap().set(path, new PropertyDiff().setKind((replace ? replacing : kinds)[kind]));
	}
	return response;
}

import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import {
	CheckFailure,
	type CheckRequest,
	CheckResponse,
	type ConfigureRequest,
	ConfigureResponse,
	type ConstructRequest,
	type CreateRequest,
	CreateResponse,
	type DeleteRequest,
	type DiffRequest,
	DiffResponse,
	type InvokeRequest,
	type ReadRequest,
	ReadResponse,
	type UpdateRequest,
	UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { kubernetesPluginVersion } from "../../versions";
import type { EngineLog } from "../engine-log";
import { standInNotice } from "../plugin";
import { checkInputs } from "./check";
import { type Cluster, connect } from "./cluster";
import { configFailures, diffConfig } from "./configuration";
import { kindOfUrn } from "./kinds";
import { ManagedResource } from "./resources";
import { bagOf, diffResponse, structOf, unary } from "./rpc";

/** The methods by which the engine uses the plugin. What they do is in the modules beside this one. */
export function kubernetesProvider(log: EngineLog): UntypedServiceImplementation {
	const cancel = new AbortController();
	let cluster: Cluster | undefined;
	const configured = (): Cluster => {
		if (!cluster) throw new Error("the provider has not been configured");
		return cluster;
	};
	const resource = (urn: string) => {
		kindOfUrn(urn);
		return new ManagedResource(configured(), log.for(urn), cancel.signal, urn);
	};
	const failures = (found: { property: string; reason: string }[]) =>
		found.map(({ property, reason }) => new CheckFailure().setProperty(property).setReason(reason));

	return {
		getPluginInfo: unary(() => new PluginInfo().setVersion(kubernetesPluginVersion)),
		checkConfig: unary((request: CheckRequest) =>
			new CheckResponse()
				.setInputs(request.getNews())
				.setFailuresList(failures(configFailures(bagOf(request.getNews())))),
		),
		diffConfig: unary((request: DiffRequest) => {
			const { diffs, replaces } = diffConfig(bagOf(request.getOlds()), bagOf(request.getNews()));
			const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
			return new DiffResponse()
				.setChanges(diffs.length > 0 ? DIFF_SOME : DIFF_NONE)
				.setDiffsList(diffs)
				.setReplacesList(replaces);
		}),
		configure: unary(async (request: ConfigureRequest) => {
			log.for("").info(standInNotice("pulumi-resource-kubernetes"));
			const variables = request.getVariablesMap();
			cluster = await connect((name) => variables.get(`kubernetes:config:${name}`));
			return new ConfigureResponse()
				.setAcceptsecrets(true)
				.setSupportspreview(true)
				.setSupportsAutonamingConfiguration(true);
		}),
		check: unary(async (request: CheckRequest) => {
			const urn = request.getUrn();
			const checked = await checkInputs(configured(), log.for(urn), {
				urn,
				olds: bagOf(request.getOlds()),
				news: bagOf(request.getNews()),
				seed: request.getRandomseed_asU8(),
				autonaming: request.getAutonaming(),
			});
			return new CheckResponse().setInputs(structOf(checked));
		}),
		diff: unary(async (request: DiffRequest) =>
			diffResponse(
				await resource(request.getUrn()).diff({
					olds: bagOf(request.getOlds()),
					news: bagOf(request.getNews()),
					ignore: request.getIgnorechangesList(),
				}),
			),
		),
		create: unary(async (request: CreateRequest) => {
			const { id, state } = await resource(request.getUrn()).create({
				news: bagOf(request.getProperties()),
				timeout: request.getTimeout(),
				preview: request.getPreview(),
			});
			return new CreateResponse().setId(id).setProperties(structOf(state));
		}),
		read: unary(async (request: ReadRequest) => {
			const found = await resource(request.getUrn()).read({
				id: request.getId(),
				state: bagOf(request.getProperties()),
				inputs: bagOf(request.getInputs()),
			});
			if (!found) return new ReadResponse();
			return new ReadResponse().setId(found.id).setProperties(structOf(found.state)).setInputs(structOf(found.inputs));
		}),
		update: unary(async (request: UpdateRequest) => {
			const state = await resource(request.getUrn()).update({
				olds: bagOf(request.getOlds()),
				news: bagOf(request.getNews()),
				timeout: request.getTimeout(),
				preview: request.getPreview(),
				ignore: request.getIgnorechangesList(),
			});
			return new UpdateResponse().setProperties(structOf(state));
		}),
		delete: unary(async (request: DeleteRequest) => {
			await resource(request.getUrn()).delete({
				id: request.getId(),
				state: bagOf(request.getProperties()),
				timeout: request.getTimeout(),
			});
			return new Empty();
		}),
		invoke: unary((request: InvokeRequest) => refuse(request.getTok())),
		construct: unary((request: ConstructRequest) => refuse(request.getType())),
		cancel: unary(() => {
			cancel.abort();
			return new Empty();
		}),
	};
}

function refuse(what: string): never {
	throw new Error(
		`this stand-in for pulumi-resource-kubernetes has no functions and no components: ${what} (Helm charts, Kustomize folders, YAML files) needs the official plugin`,
	);
}

import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLog } from "../engine-log";
import { servePlugin } from "../plugin";
import { commandProvider } from "./provider";

const engine = process.argv.slice(2).find((word) => !word.startsWith("-")) ?? "";
void servePlugin(ResourceProviderService, commandProvider(new EngineLog(engine)));

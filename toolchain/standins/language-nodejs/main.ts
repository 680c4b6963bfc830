import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { servePlugin } from "../plugin";
import { languageHost } from "./host";

void servePlugin(LanguageRuntimeService, languageHost(process.argv));

import Hummingbird
import PromQL
import Telemetry

/// What the server is and how it does.
extension PrometheusRoutes {
    func registerStatus(_ router: Router<BasicRequestContext>) {
        router.get("/api/v1/status/buildinfo") { request, _ in await answer(request, buildInformation) }
        router.get("/api/v1/status/runtimeinfo") { request, _ in await answer(request, runtimeInformation) }
        router.get("/api/v1/status/flags") { request, _ in await answer(request, flags) }
        router.get("/api/v1/status/config") { request, _ in await answer(request, configuration) }
        router.get("/api/v1/status/tsdb") { request, _ in await answer(request, store) }
        router.get("/api/v1/status/walreplay") { request, _ in await answer(request, replay) }
        router.get("/api/v1/features") { request, _ in await answer(request, features) }
        for path in ["/-/healthy", "/-/ready"] {
            for method in [HTTPRequest.Method.get, .head] {
                router.on(RouterPath(path), method: method) { _, _ in
                    APIResponse.text("Magewatch is \(path.dropFirst(3)).\n")
                }
            }
        }
    }

    /// Without `features`: with them Grafana takes the server for another product than Prometheus.
    private func buildInformation(_ parameters: RequestParameters) async throws -> Response {
        let version = await services.status().version
        return APIResponse.success { writer in
            // Clients choose what they use by the version of Prometheus, so its number stands first.
            writer.map([
                ("version", "3.0.0-magewatch"), ("revision", version), ("branch", ""), ("buildUser", ""), ("buildDate", ""),
                ("goVersion", ""), ("application", "Magewatch"),
            ])
        }
    }

    private func runtimeInformation(_ parameters: RequestParameters) async throws -> Response {
        let status = await services.status()
        let texts = [
            ("startTime", Timestamps.rfc3339(status.startedAt)), ("serverTime", Timestamps.rfc3339(now())),
            ("lastConfigTime", Timestamps.rfc3339(status.configuredAt)), ("CWD", status.workingDirectory),
            ("hostname", status.hostName), ("GOGC", ""), ("GODEBUG", ""),
            ("storageRetention", JSONWriter.text(of: status.retentionSeconds) + "s"),
        ]
        let numbers = [
            ("timeSeriesCount", status.series), ("corruptionCount", status.corruptions), ("goroutineCount", 0),
            ("GOMAXPROCS", QueryPool.maximumConcurrent),
        ]
        return APIResponse.success { writer in
            writer.object { writer in
                for (name, text) in texts {
                    writer.key(name)
                    writer.string(text)
                }
                for (name, number) in numbers {
                    writer.key(name)
                    writer.integer(number)
                }
                writer.key("reloadConfigSuccess")
                writer.boolean(status.isConfigurationSound)
            }
        }
    }

    private func flags(_ parameters: RequestParameters) async throws -> Response {
        let options = services.promQL.options
        var flags = await services.status().flags
        flags["query.lookback-delta"] = "\(options.lookback / 1000)s"
        flags["query.timeout"] = options.deadline.map { "\($0.components.seconds)s" } ?? ""
        flags["query.max-samples"] = "\(options.maximumSamples)"
        flags["query.max-bytes"] = "\(options.maximumBytes)"
        flags["query.max-memory-bytes"] = "\(options.maximumMemoryBytes)"
        flags["query.max-concurrency"] = "\(QueryPool.maximumConcurrent)"
        flags["web.enable-admin-api"] = services.administration == nil ? "false" : "true"
        return APIResponse.success { writer in writer.map(flags.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }) }
    }

    private func configuration(_ parameters: RequestParameters) async throws -> Response {
        let text = await services.status().configurationYAML
        return APIResponse.success { $0.map([("yaml", text)]) }
    }

    /// The API opens when the log was replayed, so it is always done.
    private func replay(_ parameters: RequestParameters) async throws -> Response {
        let segments = await services.status().logSegments
        return APIResponse.success { writer in
            writer.object { writer in
                for (name, number) in [("min", 0), ("max", segments), ("current", segments)] {
                    writer.key(name)
                    writer.integer(number)
                }
                writer.key("state")
                writer.string("done")
            }
        }
    }

    private func features(_ parameters: RequestParameters) async throws -> Response {
        let features: [(String, [(String, Bool)])] = [
            ("api", [("admin", services.administration != nil), ("exclude_alerts", true), ("query_stats", true)]),
            ("otlp_receiver", [("delta_conversion", false)]),
            ("promql", [("at_modifier", true), ("negative_offset", true), ("subqueries", true)]),
            ("prometheus", [("agent_mode", false), ("auto_reload_config", false)]),
        ]
        return APIResponse.success { writer in
            writer.object { writer in
                for (category, names) in features {
                    writer.key(category)
                    writer.object { writer in
                        for (name, isOn) in names {
                            writer.key(name)
                            writer.boolean(isOn)
                        }
                    }
                }
            }
        }
    }
}

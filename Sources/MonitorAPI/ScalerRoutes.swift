import AgentContract
import Hummingbird
import Topology

/// The scaler's bounds, its schedules and what became of its decisions, under `/api/magewatch/v1/`.
struct ScalerRoutes: Sendable {
    /// How far back a report looks where nothing is said, and at most.
    static let reportSeconds = (usual: 604_800.0, most: 7_776_000.0)

    let services: APIServices

    func register(_ router: Router<BasicRequestContext>) {
        let base = "/api/magewatch/v1"
        let scaler = services.scaler
        router.get(RouterPath(base + "/scaler")) { request, _ in await encoded(request) { _ in try await scaler.status() } }
        router.post(RouterPath(base + "/scaler/freeze")) { request, _ in
            await encoded(request) { parameters in
                try refuseBrowsers(request)
                guard let seconds = try parameters.seconds("for") else {
                    throw APIError(.badData, "parameter \"for\" is missing: say how long, for instance 2h")
                }
                try await scaler.freeze(
                    try parameters.roleIfAny(), coversEverything: try parameters.boolean("everything"), forSeconds: seconds,
                    why: try parameters.required("why"), by: parameters.orderedBy)
                return try await scaler.status()
            }
        }
        router.post(RouterPath(base + "/scaler/thaw")) { request, _ in
            await encoded(request) { parameters in
                try refuseBrowsers(request)
                return ["ended": try await scaler.thaw(try parameters.roleIfAny(), by: parameters.orderedBy)]
            }
        }
        router.get(RouterPath(base + "/scaler/report")) { request, _ in
            await encoded(request) { parameters in
                let seconds = try parameters.seconds("since") ?? ScalerRoutes.reportSeconds.usual
                guard seconds >= 60, seconds <= ScalerRoutes.reportSeconds.most else {
                    throw APIError(.badData, "parameter \"since\" is from 1m to 90d")
                }
                return try await scaler.report(sinceSeconds: seconds, role: try parameters.roleIfAny())
            }
        }
        router.post(RouterPath(base + "/plans/:id/reject")) { request, context in
            let id = pathParameter("id", context)
            return await encoded(request) { parameters in
                try refuseBrowsers(request)
                try await scaler.rejectPlan(id, by: parameters.orderedBy, because: parameters["why"] ?? "")
                return ["rejected": id]
            }
        }
        schedules(router, base, scaler)
    }

    private func schedules(_ router: Router<BasicRequestContext>, _ base: String, _ scaler: any ScalerControl) {
        router.get(RouterPath(base + "/schedules")) { request, _ in
            await encoded(request) { _ in try await scaler.schedules() }
        }
        router.post(RouterPath(base + "/schedules")) { request, _ in
            await encoded(request) { parameters in
                try refuseBrowsers(request)
                let schedule: ScalingSchedule
                do {
                    let name = parameters["name"].flatMap { $0.isEmpty ? nil : $0 }
                    schedule = try ScalingSchedule(try parameters.required("schedule"), name: name)
                } catch let error as ScheduleTextError {
                    throw APIError(.badData, error.description)
                }
                try await scaler.addSchedule(schedule, by: parameters.orderedBy)
                return try await scaler.schedules()
            }
        }
        router.post(RouterPath(base + "/schedules/remove")) { request, _ in
            await encoded(request) { parameters in
                try refuseBrowsers(request)
                try await scaler.removeSchedule(try parameters.required("name"), by: parameters.orderedBy)
                return try await scaler.schedules()
            }
        }
    }
}

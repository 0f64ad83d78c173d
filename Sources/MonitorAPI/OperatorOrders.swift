package import AgentContract

/// What an operator may order, follow and look up: the monitor's side of the routes of orders, plans and the audit log.
package protocol OperatorOrders: Sendable {
    /// Makes the order's plan and has it carried out; a dry run makes it and no more.
    /// - Throws: ``APIError`` with the reason where it can't be.
    func carryOut(_ order: OperatorOrder, isDryRun: Bool) async throws -> PlanReport
    /// Orders that hold for a time.
    func held() async throws -> [HeldOrder]
    /// Stops a plan; what it has done is taken back.
    func cancelPlan(_ id: String, by actor: String) async throws
    /// A plan's report now and after each change, until it is over.
    func follow(_ id: String) async throws -> AsyncThrowingStream<PlanReport, any Error>
    /// The latest lines of the audit log, newest first.
    func audit(limit: Int, before: Int64?) async throws -> [AuditLine]
    /// Looks through the whole audit log.
    /// - Parameter noted: the head of an earlier look, which has to be in it.
    func verifyAudit(noted: String?) async throws -> AuditFinding
}

/// A monitor that takes no orders.
struct NoOrders: OperatorOrders {
    func carryOut(_ order: OperatorOrder, isDryRun: Bool) async throws -> PlanReport { throw none }
    func held() async throws -> [HeldOrder] { [] }
    func cancelPlan(_ id: String, by actor: String) async throws { throw none }
    func follow(_ id: String) async throws -> AsyncThrowingStream<PlanReport, any Error> { throw none }
    func audit(limit: Int, before: Int64?) async throws -> [AuditLine] { [] }
    func verifyAudit(noted: String?) async throws -> AuditFinding { throw none }

    private var none: APIError { APIError(.unavailable, "this monitor takes no orders") }
}

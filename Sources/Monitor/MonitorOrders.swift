import AgentContract
import Execution
import Foundation
import MonitorAPI
import NIOPosix
import StateStore

/// Orders of the API to the scaler and the executor, and the audit log of what became of them.
struct MonitorOrders: OperatorOrders {
    let scaler: Scaler
    let executor: Executor
    let state: StateStore

    func carryOut(_ order: OperatorOrder, isDryRun: Bool) async throws -> PlanReport {
        try await scaler.carryOut(order, isDryRun: isDryRun, at: SystemClock.milliseconds())
    }

    func held() async throws -> [HeldOrder] { try await scaler.heldOrders() }

    func cancelPlan(_ id: String, by actor: String) async throws {
        do {
            try await executor.cancel(id, by: actor)
        } catch let error as ExecutionError {
            throw APIError(.execution, error.message)
        }
    }

    func follow(_ id: String) async throws -> AsyncThrowingStream<PlanReport, any Error> {
        do {
            return try await executor.follow(id)
        } catch let error as ExecutionError {
            throw APIError(.notFound, error.message)
        }
    }

    func audit(limit: Int, before: Int64?) async throws -> [AuditLine] {
        try state.auditRecords(limit: limit, before: before ?? .max).map { record in
            AuditLine(
                sequence: record.sequence, time: record.time, actor: record.actor, kind: record.kind, subject: record.subject,
                detail: record.detail, hash: AuditMark.hexadecimal(record.hash))
        }
    }

    func verifyAudit(noted: String?) async throws -> AuditFinding {
        let mark = try noted.map { text in
            guard let mark = AuditMark(text: text) else {
                throw APIError(.badData, "\"\(text)\" is no head of an audit log: give NUMBER:HASH as an earlier look told it")
            }
            return mark
        }
        // A long log takes seconds, which are not the serving threads'.
        let verdict = try await NIOThreadPool.singleton.runIfActive { try state.verifyAudit(noted: mark) }
        return AuditFinding(lines: verdict.lines, head: verdict.head.text, problem: verdict.problem)
    }
}

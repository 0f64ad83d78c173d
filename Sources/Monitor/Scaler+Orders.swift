package import AgentContract
import Execution
import Foundation
import Logging
import MonitorAPI
import Planning
import StateStore
package import Telemetry

extension Scaler {
    /// Makes the plan of an operator's order and hands it to the executor, whatever the mode: who orders has decided. Under the two-person
    /// rule it waits for another's word.
    /// - Parameter isDryRun: the plan is told as it would be, and nothing is kept.
    /// - Throws: `APIError` with the reason where there is no such plan.
    package func carryOut(_ order: OperatorOrder, isDryRun: Bool, at now: Milliseconds) async throws -> PlanReport {
        let input = try await input(at: now)
        switch Planner.plan(for: order, input) {
        case .refusal(let refusal):
            metrics.add(
                "magewatch_planner_refusals_total", ["code": refusal.code.rawValue, "guard_rail": refusal.guardRail ?? ""])
            if !isDryRun {
                try state.audit(at: now, by: order.orderedBy, "refusal", order.summary, refusal.reason)
            }
            throw APIError(refusal.code == .unclear ? .badData : .execution, refusal.reason)
        case .plan(let plan) where isDryRun:
            return PlanReport(planned: plan)
        case .plan(var plan):
            let permission = policy.guardRails.permission(
                for: plan, roles: Planner.roles(of: plan, input), orderedBy: order.orderedBy,
                periodSeconds: policy.billedPeriodSeconds)
            if case .approval(let approval) = permission { plan.approval = approval }
            do {
                try await executor.submit(plan, by: order.orderedBy, order: order)
            } catch let error as ExecutionError {
                throw APIError(.execution, error.message)
            }
            metrics.add("magewatch_orders_total", ["purpose": plan.purpose.rawValue])
            logger.notice("plan \(plan.id): \(plan.decision.summary), ordered by \(order.orderedBy)")
            if let role = plan.role, plan.purpose == .scaleOut || plan.purpose == .scaleIn { lastScaled[role] = now }
            return try await executor.report(of: plan.id) ?? PlanReport(planned: plan)
        }
    }

    /// Orders that hold for a time.
    package func heldOrders() throws -> [HeldOrder] {
        try state.heldOrders().map { try JSONDecoder().decode(HeldOrder.self, from: Data($0.document.utf8)) }
    }

    /// Gives back what orders held whose time is over, and forgets orders whose plan came to nothing.
    func endHeldOrders(at now: Milliseconds) async throws {
        for held in try heldOrders() {
            let plan = try state.plan(held.id)
            if let plan, plan.state.isFinal, plan.state != .done {
                if plan.state != .cancelled { try scheduleFailed(held, at: now) }
                try state.dropHeldOrder(held.id, because: "its plan is \(plan.state.rawValue)", at: now)
                continue
            }
            guard held.until <= now, plan?.state.isFinal ?? true else { continue }
            let input = try await input(at: now)
            switch Planner.end(of: held, input) {
            case .plan(let plan):
                // Where the monitor ends between the two, the next turn finds the plan under way, or nothing left.
                // Who ordered it for a time has decided on its end, whatever the mode.
                try await executor.submit(plan)
                try state.dropHeldOrder(held.id, because: "its time is over, plan \(plan.id)", at: now)
            case .refusal(let refusal) where refusal.reason.hasPrefix("nothing is left"):
                try state.dropHeldOrder(held.id, because: refusal.reason, at: now)
            case .refusal(let refusal):
                say("held \(held.id)", "\"\(held.order.summary)\" is over: \(refusal.reason)")
            }
        }
    }
}

extension PlanReport {
    /// A plan that nobody has taken yet.
    init(planned plan: Plan) {
        self.init(
            plan: plan, state: "planned", startedAt: nil, finishedAt: nil,
            steps: plan.steps.enumerated().map { index, step in
                StepReport(
                    index: index, summary: step.summary, outcome: "planned", message: "", startedAt: nil, finishedAt: nil)
            })
    }
}

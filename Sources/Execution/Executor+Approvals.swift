import AgentContract
import Foundation
import StateStore

extension Executor {
    /// Takes a person's word for a proposed plan, and lets it run once all have agreed that must.
    package func approve(_ id: String, by actor: String = "operator") throws {
        var plan = try proposed(id)
        if var approval = plan.approval {
            if let objection = approval.take(actor) { throw ExecutionError(.wrongState, "plan \(id): \(objection)") }
            plan.approval = approval
            let document = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
            try state.approvePlan(id, document: document, at: clock.now(), by: actor)
            guard approval.isComplete else { return }
        }
        try state.setPlan(id, .waiting, at: clock.now(), message: "approved", by: actor)
        enqueue(plan)
    }

    /// Drops a proposed plan at a person's word.
    package func reject(_ id: String, by actor: String = "operator", because reason: String) throws {
        let plan = try proposed(id)
        let message = "rejected by \(actor)" + (reason.isEmpty ? "" : ": \(reason)")
        try state.setPlan(id, .cancelled, at: clock.now(), message: message, by: actor)
        report(plan, .planFinished, summary: plan.decision.summary, outcome: "rejected", message: message)
    }

    private func proposed(_ id: String) throws -> Plan {
        guard let record = try state.plan(id), record.state == .proposed else {
            throw ExecutionError(.wrongState, "plan \(id) does not wait for an approval; see `magewatch plan list`")
        }
        return try Executor.decode(record)
    }

    /// Drops proposed plans that nobody approved in time.
    package func expireProposals() throws {
        let now = clock.now()
        for record in try state.openPlans() where record.state == .proposed && now - record.createdAt > Executor.proposalLifetime
        {
            try state.setPlan(record.id, .cancelled, at: now, message: "nobody approved it in time")
        }
    }
}

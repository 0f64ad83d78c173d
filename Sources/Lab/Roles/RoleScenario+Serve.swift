import Drivers
import Foundation
import Topology

extension RoleScenario {
    /// Longest that an order may take from the visitor to the mail that tells of it.
    private static let orderSeconds = 15.0

    /// The shop works as one: a page that needs every role behind it, a session that lasts, an order that becomes a mail, a file by SFTP.
    func rolesServe() async throws -> Verdict {
        timeline.heading("All roles serve")
        var complaints: [(Bool, String)] = []
        let page = try await shop("/shop.php?p=3&q=linen")
        complaints.append((page.status != 200, "the shop's page: \(page.text.prefix(80))"))
        complaints.append((!page.text.contains("found 5"), "the search found nothing: \(page.text.prefix(80))"))
        let kept = try await shop("\(LoadBalancerRole.keptPath)index.html")
        complaints.append((!kept.text.contains("kept by Varnish"), "Varnish gives \(kept.status): \(kept.text.prefix(80))"))
        let seen = try await sessionLasts()
        complaints.append((!seen, "a session does not last from one page to the next"))
        let ordered = Timeline.now
        let order = try await shop("/order.php")
        let text = order.text.trimmingCharacters(in: .whitespacesAndNewlines)
        complaints.append((order.status != 200, "the order: \(text.prefix(80))"))
        let isMailed = try await wait(RoleScenario.orderSeconds, every: .milliseconds(100)) { mailed(text) }
        let mailedAfter = Timeline.now - ordered
        complaints.append((!isMailed, "no mail tells of '\(text.prefix(40))'"))
        complaints.append((try await !filesArrive(), "SFTP does not take a file and give it back"))
        for role in [.lb, .db, .search, .queue, .mail, .acc, .monitor, .web] as [Role] {
            let failure = try await failure(of: role)
            complaints.append((failure != nil, "\(role.rawValue): \(failure ?? "")"))
        }
        return Verdict(
            "all roles serve",
            "a page of web, db, search and sessions; an order became a mail after \(durationText(mailedAfter))",
            unless: complaints)
    }

    /// One exchange with a role, with patience for one that is only slow.
    private func failure(of role: Role) async throws -> String? {
        var failure: String?
        for _ in 0..<5 {
            do {
                try await stack.vantage().perform(RoleScenario.exchange(role))
                return nil
            } catch { failure = "\(error)" }
        }
        return failure
    }

    private func sessionLasts() async throws -> Bool {
        var request = PlainHTTP.Request(address: RoleMachine.shopAddress, port: 80, path: "/shop.php")
        request.headers = [("Cookie", "PHPSESSID=laboratoryvisitor\(stack.run.name.suffix(6))")]
        var last = ""
        for _ in 0..<4 { last = try await stack.vantage().http(request).text }
        // By then each of the two containers has been asked.
        return last.contains("seen 4")
    }

    /// Whether a mail with this text has left for the world.
    func mailed(_ text: String) -> Bool {
        guard text.hasPrefix("order "), let names = try? FileManager.default.contentsOfDirectory(atPath: stack.worldMail) else {
            return false
        }
        return names.contains { name in
            guard let bytes = FileManager.default.contents(atPath: "\(stack.worldMail)/\(name)") else { return false }
            return String(decoding: bytes, as: UTF8.self).contains("Subject: \(text)\n")
        }
    }

    /// The customer logs in, leaves a file and fetches it again.
    private func filesArrive() async throws -> Bool {
        let batch = try stack.run.write(
            "put \(stack.run.file("varnish.vcl")) left.txt\nget left.txt \(stack.run.file("fetched.txt"))\n", to: "sftp-batch")
        let result = try await stack.host(.client).run([
            "sftp", "-q", "-b", batch, "-i", stack.run.file("keys/customer"), "-o", "StrictHostKeyChecking=no", "-o",
            "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=5", "\(AccessRole.user)@\(AccessRole.address)",
        ])
        if !result.succeeded { timeline.note("sftp: \(result.complaint)") }
        let fetched = try? String(contentsOfFile: stack.run.file("fetched.txt"), encoding: .utf8)
        return result.succeeded && fetched == LoadBalancerRole.varnish
    }
}

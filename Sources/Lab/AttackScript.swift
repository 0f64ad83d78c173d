/// What an attacker does: looks for what is exposed, tries injections on the expensive page, and guesses passwords.
package enum AttackScript {
    /// Attempts a second; many of them cost as much as a visitor's page.
    package static let rate = 20.0
    static let marker = "lab-attack"

    /// Method and path of each attempt, in turn.
    package static let attempts: [(method: String, path: String)] = [
        ("GET", "/.env"), ("GET", "/.git/config"), ("GET", "/wp-login.php"), ("GET", "/phpmyadmin/index.php"),
        ("GET", "/?id=1%27%20UNION%20SELECT%20password%20FROM%20users--"), ("GET", "/../../../../etc/passwd"),
        ("GET", "/?q=%3Cscript%3Ealert(1)%3C/script%3E"), ("POST", "/login"), ("POST", "/login"), ("POST", "/login"),
        ("GET", "/backup.sql"), ("GET", "/?file=../../../../etc/passwd"), ("POST", "/login"), ("POST", "/login"),
        ("GET", "/cgi-bin/test.cgi"), ("GET", "/?id=1%20OR%201=1"), ("POST", "/login"), ("POST", "/login"),
    ]

    /// wrk's script: one attempt after another at a steady rate, noting when the first refusal came.
    package static var script: String {
        let list = attempts.map { "    { \"\($0.method)\", \"\($0.path)\" }," }.joined(separator: "\n")
        return """
            local ffi = require("ffi")
            ffi.cdef[[
            typedef struct { long seconds; long nanoseconds; } lab_time;
            int clock_gettime(int clock, lab_time *time);
            ]]
            local moment = ffi.new("lab_time")
            local function now()
                ffi.C.clock_gettime(0, moment)
                return tonumber(moment.seconds) * 1000 + tonumber(moment.nanoseconds) / 1e6
            end
            local attempts = {
            \(list)
            }
            local threads = {}
            function setup(thread) table.insert(threads, thread) end
            sent = 0
            refused = 0
            passed = 0
            began = 0
            banned = 0
            function delay() return \(Int(1000 / rate)) end
            function request()
                if sent == 0 then began = now() end
                sent = sent + 1
                local attempt = attempts[(sent - 1) % #attempts + 1]
                local headers = { ["Host"] = "shop.lab", ["Accept-Encoding"] = "gzip", ["User-Agent"] = "Mozilla/5.0 (attack)" }
                local body = nil
                if attempt[1] == "POST" then body = "login=admin&password=" .. sent end
                return wrk.format(attempt[1], attempt[2], headers, body)
            end
            function response(status)
                if status == 403 then
                    refused = refused + 1
                    if banned == 0 then banned = now() end
                else
                    passed = passed + 1
                end
            end
            function done(summary, latency, requests)
                local thread = threads[1]
                io.write(string.format("\(marker) sent=%d passed=%d refused=%d began=%.0f banned=%.0f\\n", thread:get("sent"),
                    thread:get("passed"), thread:get("refused"), thread:get("began"), thread:get("banned")))
            end
            """
    }

    /// What became of it.
    package struct Outcome: Sendable, Equatable {
        package var sent: Int
        package var passed: Int
        /// Answers with status 403, which nothing but the load balancer's ban gives here.
        package var refused: Int
        /// Milliseconds since 1970.
        package var began: Double
        /// When the first refusal came; nil where none did.
        package var banned: Double?

        /// Parses wrk's output.
        /// - Throws: ``LabError`` where the line is not in it.
        package init(parsing output: String) throws(LabError) {
            guard let line = output.split(separator: "\n").last(where: { $0.hasPrefix(marker + " ") }) else {
                throw LabError(.answer, "the attack gave no summary; wrk said: \(output.suffix(200))")
            }
            var values: [Substring: Double] = [:]
            for pair in line.split(separator: " ").dropFirst() {
                let parts = pair.split(separator: "=")
                if parts.count == 2 { values[parts[0]] = Double(parts[1]) }
            }
            guard let sent = values["sent"], let passed = values["passed"], let refused = values["refused"],
                let began = values["began"], let banned = values["banned"]
            else { throw LabError(.answer, "the attack's summary lacks a figure: \(line)") }
            self.sent = Int(sent)
            self.passed = Int(passed)
            self.refused = Int(refused)
            self.began = began
            self.banned = banned > 0 ? banned : nil
        }
    }
}

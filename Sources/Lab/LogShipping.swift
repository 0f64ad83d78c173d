/// The texts of rsyslog's configuration: what comes in by syslog leaves by RELP, through a queue that goes to disk when the
/// monitor is away and is resent until it is acknowledged.
package enum LogShipping {
    /// - Parameters:
    ///   - spool: directory of rsyslog's own for the queue.
    ///   - linePort: also takes lines over TCP here.
    package static func render(spool: String, monitor: String, linePort: Int? = nil) -> String {
        let lineInput = linePort.map { port in
            """
            module(load="imtcp")
            input(type="imtcp" address="127.0.0.1" port="\(port)")

            """
        }
        // The time of reception has microseconds, which the stamp of nginx's own syslog lines has not.
        return """
            global(workDirectory="\(spool)")
            module(load="imudp")
            input(type="imudp" address="0.0.0.0" port="\(AddressPlan.syslogPort)")
            \(lineInput ?? "")module(load="omrelp")
            template(name="forward" type="string"
                string="<%PRI%>1 %TIMEGENERATED:::date-rfc3339% %HOSTNAME% %APP-NAME% %PROCID% %MSGID% %STRUCTURED-DATA% %msg:::drop-last-lf%")
            action(type="omrelp" target="\(monitor)" port="\(AddressPlan.ingestPort)" template="forward"
                windowSize="128" timeout="5" connTimeout="2"
                queue.type="LinkedList" queue.filename="relp" queue.maxDiskSpace="256m" queue.saveOnShutdown="on"
                action.resumeRetryCount="-1" action.resumeInterval="1")

            """
    }
}

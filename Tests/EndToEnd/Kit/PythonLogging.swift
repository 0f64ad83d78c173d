import Foundation
import TestKit

/// Python's logging with the handler of the package python-logging-loki: what applications send their logs to Loki with.
enum PythonLogging {
    /// The interpreter: what `MAGEWATCH_PYTHON` names, else the system's.
    private static let interpreter = ProcessInfo.processInfo.environment["MAGEWATCH_PYTHON"] ?? "/usr/bin/python3"

    /// Whether the interpreter is there and has the package.
    static let isPresent: Bool = {
        guard FileManager.default.isExecutableFile(atPath: interpreter) else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: interpreter)
        process.arguments = ["-c", "import logging_loki"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// Logs numbered lines until it is ended, and prints the number of each one that was acknowledged.
    static func start(writingTo monitor: MonitorAddress, in directory: TemporaryDirectory) throws -> ChildProcess {
        let path = directory.path + "/client.py"
        try """
        import itertools, logging, logging_loki, time

        class Handler(logging_loki.LokiHandler):
            failed = False
            def handleError(self, record):
                self.failed = True
                self.emitter.close()

        handler = Handler(url="\(monitor.ingest)/loki/api/v1/push", tags={"app": "python"}, version="1")
        logger = logging.getLogger("shop")
        logger.addHandler(handler)
        for number in itertools.count():
            handler.failed = False
            logger.error("order %d of the client", number)
            if handler.failed:
                time.sleep(0.02)
            else:
                print(number, flush=True)
                time.sleep(0.01)

        """.write(toFile: path, atomically: true, encoding: .utf8)
        return try ChildProcess(interpreter, [path])
    }

    /// The numbers acknowledged, as far as whole lines are printed.
    static func acknowledged(_ client: ChildProcess) -> [Int] {
        client.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().compactMap { Int($0) }
    }
}

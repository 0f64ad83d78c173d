import Foundation

/// One line of the table.
struct Measurement {
    var name: String
    var items: Int
    var unit: String
    var wallSeconds: Double
    var processorSeconds: Double
    var peakMemoryBytes: Int
    var diskBytes: Int
    /// Bytes of the raw lines; 0 for samples.
    var rawBytes: Int

    static func printTable(_ results: [Measurement]) {
        for result in results {
            let perMillion = result.processorSeconds / (Double(result.items) / 1e6)
            print("\(result.name)")
            print(
                "  \(result.items) \(result.unit) in \(text(result.wallSeconds)) s: \(Int(Double(result.items) / result.wallSeconds)) \(result.unit)/s"
            )
            print("  server CPU \(text(result.processorSeconds)) s: \(text(perMillion)) CPU-s a million \(result.unit)")
            if result.rawBytes > 0 {
                let gib = Double(result.rawBytes) / 1_073_741_824
                print(
                    "  \(text(result.processorSeconds / gib)) CPU-s a GiB of raw lines; raw/disk \(text(Double(result.rawBytes) / Double(max(1, result.diskBytes))))"
                )
            }
            print(
                "  peak memory \(result.peakMemoryBytes >> 20) MiB; \(result.diskBytes) bytes on disk: \(text(Double(result.diskBytes) / Double(result.items))) a \(result.unit.dropLast())"
            )
        }
    }

    private static func text(_ value: Double) -> String { String(format: "%.3f", value) }
}

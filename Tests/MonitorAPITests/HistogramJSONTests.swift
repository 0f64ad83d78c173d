import PromQL
import Telemetry
import Testing

@testable import MonitorAPI

@Suite struct HistogramJSONTests {
    private static let histogram: NativeHistogram = {
        var histogram = NativeHistogram(
            schema: 0, count: 6, sum: 2.5, positive: HistogramBuckets(startingAt: 1, [3]),
            negative: HistogramBuckets(startingAt: 1, [1, 0]))
        histogram.zeroThreshold = 0.001
        histogram.zeroCount = 2
        return histogram
    }()

    private static let json =
        #"{"count":"6","sum":"2.5","buckets":[[1,"-2","-1","1"],[3,"-0.001","0.001","2"],[0,"1","2","3"]]}"#

    private func text(_ value: QueryValue) -> String {
        var writer = JSONWriter()
        writer.object { $0.value(value) }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("A vector's element is a value or a histogram")
    func vector() {
        let elements = [
            VectorElement(labels: ["a": "1"], timestamp: 1500, value: 0, histogram: Self.histogram),
            VectorElement(labels: ["a": "2"], timestamp: 1500, value: 7),
        ]
        let expected =
            #"{"resultType":"vector","result":[{"metric":{"a":"1"},"histogram":[1.5,\#(Self.json)]},"#
            + #"{"metric":{"a":"2"},"value":[1.5,"7"]}]}"#
        #expect(text(.vector(elements)) == expected)
    }

    @Test("A series has values, histograms, or both")
    func matrix() {
        var columns = SampleColumns()
        columns.append(1000, 1)
        var only = SampleColumns()
        for time: Milliseconds in [2000, 3000] {
            columns.append(time, Self.histogram)
            only.append(time, NativeHistogram(count: 0))
        }
        let series = [MatrixSeries(labels: .empty, columns: columns), MatrixSeries(labels: .empty, columns: only)]
        let expected =
            #"{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]],"histograms":[[2,\#(Self.json)],[3,\#(Self.json)]]},"#
            + #"{"metric":{},"histograms":[[2,{"count":"0","sum":"0"}],[3,{"count":"0","sum":"0"}]]}]}"#
        #expect(text(.matrix(series)) == expected)
    }
}

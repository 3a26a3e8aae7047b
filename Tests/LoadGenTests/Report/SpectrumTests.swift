import ArgumentParser
import Testing

@testable import LoadGen

@Suite struct SpectrumTests {
  /// Read as HdrHistogram's plotter does: four numbers a line, comments with the moments behind them.
  @Test func plottersCanReadIt() throws {
    let lines = RunReport(SampleResults.passed).percentileSpectrum(of: .ttlb).split(separator: "\n").map(String.init)
    #expect(lines[0].split(separator: " ") == ["Value", "Percentile", "TotalCount", "1/(1-Percentile)"])
    let rows = try lines.dropFirst().filter { !$0.hasPrefix("#") }.map { line in
      try line.split(separator: " ").map { try #require(Double($0), "\(line)") }
    }
    #expect(rows.count > 20)
    for row in rows.dropLast() {
      #expect(row.count == 4)
      #expect(abs(row[3] - 1 / (1 - row[1])) / row[3] < 0.01)
    }
    // Milliseconds: the slowest of them took 2 s. The last line stands for all.
    #expect(rows.last?[1] == 1 && rows.last?[2] == 200 && rows.last?.count == 3)
    #expect(abs((rows.last?[0] ?? 0) - 2000) < 2.1)
    for column in 0..<3 { #expect(rows.map { $0[column] } == rows.map { $0[column] }.sorted()) }
    let comments = lines.filter { $0.hasPrefix("#") }
    #expect(comments.count == 3)
    #expect(comments[0].wholeMatch(of: /#\[Mean    = +[0-9.]+, StdDeviation   = +[0-9.]+\]/) != nil)
    #expect(comments[1].wholeMatch(of: /#\[Max     = +[0-9.]+, Total count    = +200\]/) != nil)
    #expect(comments[2].wholeMatch(of: /#\[Buckets = +[0-9]+, SubBuckets     = +[0-9]+\]/) != nil)
  }

  @Test func itIsOfTheMetricThatWasAsked() {
    let report = RunReport(SampleResults.passed)
    #expect(report.percentileSpectrum(of: .connect).contains("Total count    =           16]"))
    #expect(report.percentileSpectrum(of: .ttfb) != report.percentileSpectrum(of: .ttlb))
  }

  @Test func nothingMeasuredIsNoNumberOfAnybody() {
    let text = RunReport(SampleResults.empty).percentileSpectrum(of: .ttlb)
    #expect(text.contains("Total count    =            0]"))
    #expect(!text.lowercased().contains("nan") && !text.contains("inf"))
  }

  @Test func theMetricIsChosenOnTheCommandLine() throws {
    let plan = try OutputArguments.parse(["--output-format", "hgrm=f", "--hgrm-metric", "ttfb"]).plan()
    #expect(plan.hgrmMetric == .ttfb)
    #expect(plan.reports.map(\.format) == [.text, .hgrm])
    #expect(try OutputArguments.parse(["--output-format", "hgrm"]).plan().hgrmMetric == .ttlb)
    #expect(throws: (any Error).self) { try OutputArguments.parse(["--hgrm-metric", "ttfb"]).plan() }
    #expect(throws: (any Error).self) {
      try OutputArguments.parse(["--output-format", "hgrm", "--hgrm-metric", "throughput"]).plan()
    }
  }
}

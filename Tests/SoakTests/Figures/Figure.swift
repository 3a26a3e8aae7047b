import Testing
import ToolSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One measured number beside its bound and the same measurement without the proxy's work (or without the load).
struct Figure: Sendable {
  let name: String
  let value: Double
  let bound: Double
  let unit: String
  /// What the same run shows when there is nothing to be paid for.
  let baseline: String

  var holds: Bool { value <= bound }

  var line: String {
    name.padded(62) + "\(Self.text(value)) \(unit)".padded(14, right: true)
      + "≤ \(Self.text(bound)) \(unit)".padded(16, right: true) + "  \(holds ? "ok" : "BROKEN")".padded(10) + baseline
  }

  static func text(_ number: Double) -> String {
    let scaled = (number * 1000).rounded() / 1000
    return scaled == scaled.rounded() && abs(scaled) < 1e15 ? "\(Int(scaled))" : "\(scaled)"
  }
}

/// How much is measured. A test takes a few and allows twenty times as much; `PROXY_FIGURES=full` takes all and the bound
/// itself.
struct FigureScale: Sendable {
  let isFull = Environment.text("PROXY_FIGURES") == "full"
  func count(full: Int, test: Int) -> Int { isFull ? full : test }
  func bound(_ bound: Double) -> Double { isFull ? bound : bound * 20 }

  func publish(_ figures: [Figure]) {
    for figure in figures {
      print(figure.line)
      #expect(figure.holds, "\(figure.line)")
    }
  }
}

/// Measured times, in milliseconds.
struct Times: Sendable {
  private var sorted: [Double]

  init(_ times: [Double]) { sorted = times.sorted() }

  /// The smallest time that this share of all does not exceed.
  func percentile(_ percent: Double) -> Double {
    guard !sorted.isEmpty else { return .infinity }
    let rank = Int((percent / 100 * Double(sorted.count)).rounded(.up))
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }
  var median: Double { percentile(50) }
  var largest: Double { percentile(100) }

  var text: String {
    "median \(Figure.text(median)), p99 \(Figure.text(percentile(99))), max \(Figure.text(largest)) ms"
  }

  /// Milliseconds of a clock that only runs forwards.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
  }
}

/// A condition that another thread brings about, looked at for a bounded time.
func waited(seconds: Double = 10, for condition: () -> Bool) -> Bool {
  let deadline = Times.now() + seconds * 1e3
  while !condition() {
    guard Times.now() < deadline else { return false }
    sched_yield()
  }
  return true
}

struct NotMeasured: Error, CustomStringConvertible { let description: String }

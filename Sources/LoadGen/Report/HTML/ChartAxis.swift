#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where values lie along one side of a chart, and which of them are marked.
struct ChartAxis {
  enum Scale {
    case linear, logarithmic
  }

  let scale: Scale
  let low: Double
  let high: Double
  /// Round values within the axis, in rising order; at most a dozen.
  let ticks: [Double]

  /// From 0 to just above `most`, with steps of 1, 2 or 5 times a power of ten.
  static func linear(most: Double, marks: Int) -> ChartAxis {
    let most = most.isFinite && most > 0 ? most : 1
    let power = pow(10, floor(log10(most / Double(marks))))
    let step = [1.0, 2, 5, 10].map { $0 * power }.first { most / $0 <= Double(marks) } ?? most
    let count = Int(min(ceil(most / step - 1e-9), 12))
    return ChartAxis(
      scale: .linear, low: 0, high: max(most, step * Double(count)),
      ticks: (0...max(1, count)).map { step * Double($0) })
  }

  /// Time from 0 to `most` seconds, marked where a clock would be.
  static func time(most: Double, marks: Int) -> ChartAxis {
    let most = most.isFinite && most > 0 ? most : 1
    let steps: [Double] = [
      0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200,
      86_400, 604_800,
    ]
    let step = steps.first { most / $0 <= Double(marks) } ?? most / Double(marks)
    let count = Int(min(floor(most / step + 1e-9), Double(marks)))
    return ChartAxis(scale: .linear, low: 0, high: most, ticks: (0...count).map { step * Double($0) })
  }

  /// Both above 0.
  static func logarithmic(from low: Double, to high: Double) -> ChartAxis {
    let low = low.isFinite && low > 0 ? low : 1e-6
    let high = high.isFinite && high > low ? high : low * 10
    let decades = Int(floor(log10(low)))...Int(ceil(log10(high)))
    for series in [[1.0, 2, 5], [1, 3], [1]] {
      let ticks = decades.flatMap { decade in series.map { $0 * pow(10, Double(decade)) } }
        .filter { $0 >= low * 0.999 && $0 <= high * 1.001 }
      if ticks.count <= 9 || series.count == 1 {
        return ChartAxis(scale: .logarithmic, low: low, high: high, ticks: Array(ticks.prefix(24)))
      }
    }
    return ChartAxis(scale: .logarithmic, low: low, high: high, ticks: [])
  }

  /// 0 at the low end, 1 at the high one; what is outside lies on the edge.
  func position(_ value: Double) -> Double {
    let part: Double
    switch scale {
    case .linear: part = (value - low) / (high - low)
    case .logarithmic: part = value > 0 ? log(value / low) / log(high / low) : 0
    }
    return part.isFinite ? min(max(part, 0), 1) : 0
  }
}

internal import ToolSupport

/// The planned times of an open model: when arrival 0, 1, 2, … is due, in nanoseconds from the plan's first moment.
///
/// A pure function of the plan and the arrival's number, so that threads, processes and machines agree on it and nothing adds up
/// to a drift. Along a stage the rate changes evenly; the arrivals until a moment are the area under the rate, and arrival k is
/// due where that area reaches k. A constant rate is the stage that lasts for ever. A person may change the rate of a run: the
/// stretch until then stays as it was, and a constant one follows.
struct ArrivalSchedule: Sendable {
  private enum Shape: Sendable {
    case pieces([Piece])
    case bursts(count: Int, every: Int64)
  }

  /// A stretch along which the rate goes evenly from `from` to `to`, in arrivals a second.
  private struct Piece: Sendable {
    /// Seconds from the plan's first moment; `length` may be infinite.
    var begin: Double
    var length: Double
    var from: Double
    var to: Double
    /// Arrivals before the piece, and until its end.
    var before: Double
    var until: Double

    /// Where the area since the piece's beginning reaches `amount`. The usual formula for a quadratic's root would lose its
    /// digits where the rate hardly changes.
    func time(of amount: Double) -> Double {
      let slope = length.isFinite ? (to - from) / length : 0
      let root = max(0, from * from + 2 * amount * slope).squareRoot()
      let speed = from + root
      return begin + min(length, speed > 0 ? 2 * amount / speed : 0)
    }

    /// Ends at `moment`, if it has not ended before.
    mutating func cut(at moment: Double) {
      let kept = max(0, moment - begin)
      guard kept < length else { return }
      let reached = length.isFinite ? from + (to - from) * kept / length : from
      (length, to) = (kept, reached)
      until = before + (from + reached) / 2 * kept
    }

    /// Both as one of an even rate, with as many arrivals.
    func joined(_ next: Piece) -> Piece {
      let seconds = next.begin + next.length - begin
      let rate = seconds > 0 ? (next.until - before) / seconds : 0
      return Piece(begin: begin, length: seconds, from: rate, to: rate, before: before, until: next.until)
    }
  }

  /// Sums of areas are off by less: an arrival this close to a stage's end belongs to the next one.
  private static let tolerance = 1e-6

  /// Stretches of a schedule whose rate a person has changed again and again: its oldest go when all their arrivals have begun.
  static let maximumPieces = 64

  private let shape: Shape

  private init(shape: Shape) { self.shape = shape }

  /// Nil for a closed model, which plans nothing.
  init?(_ plan: ArrivalPlan) {
    switch plan {
    case .closed, .lanes: return nil
    case .bursts(let count, let every):
      shape = .bursts(count: max(1, count), every: max(1, every.nanoseconds))
    case .rate(let start, let stages): shape = .pieces(Self.pieces(start, stages))
    }
  }

  /// Of the arrivals before the plan's first moment: as it begins, but with a rate that does not change.
  init?(warmUpOf plan: ArrivalPlan) {
    guard case .rate(let start, _) = plan else {
      self.init(plan)
      return
    }
    self.init(.rate(start: start, stages: []))
  }

  private static func pieces(_ start: Double, _ stages: [LoadStage]) -> [Piece] {
    let start = max(0, start)
    guard !stages.isEmpty else {
      let until = start > 0 ? Double.infinity : 0
      return [Piece(begin: 0, length: .infinity, from: start, to: start, before: 0, until: until)]
    }
    var pieces: [Piece] = []
    var (begin, rate, before) = (0.0, start, 0.0)
    for stage in stages {
      let target = max(0, stage.target)
      let until = before + (rate + target) / 2 * stage.duration.seconds
      pieces.append(
        Piece(
          begin: begin, length: stage.duration.seconds, from: rate, to: target, before: before, until: until))
      (begin, rate, before) = (begin + stage.duration.seconds, target, until)
    }
    return pieces
  }

  /// When arrival `index`, from 0, is due; `.max` for one that the plan does not have.
  func time(of index: Int) -> Int64 {
    switch shape {
    case .bursts(let count, let every):
      let (time, overflow) = Int64(max(0, index) / count).multipliedReportingOverflow(by: every)
      return overflow ? .max : time
    case .pieces(let pieces):
      let number = Double(max(0, index))
      guard let piece = pieces.first(where: { number < $0.until - Self.tolerance }) else { return .max }
      return Int64(exactly: (piece.time(of: max(0, number - piece.before)) * 1e9).rounded()) ?? .max
    }
  }

  /// Arrivals a second at a moment of the plan, in seconds; bursts by their mean.
  func rate(at seconds: Double) -> Double {
    switch shape {
    case .bursts(let count, let every): return Double(count) / every.secondsFromNanoseconds
    case .pieces(let pieces):
      guard let piece = pieces.first(where: { seconds < $0.begin + $0.length }) else { return 0 }
      let share = piece.length.isFinite ? max(0, seconds - piece.begin) / piece.length : 0
      return piece.from + (piece.to - piece.from) * share
    }
  }

  /// The same until `moment`, and from then on a constant rate; bursts stay what they are.
  ///
  /// - Parameters:
  ///   - rate: arrivals a second, more than 0.
  ///   - moment: nanoseconds from the plan's first moment.
  ///   - begun: arrivals before this one are nobody's question any more, but for their number.
  func changed(rate: Double, at moment: Int64, begun: Int) -> ArrivalSchedule {
    guard case .pieces(let old) = shape else { return self }
    let now = max(0, moment.secondsFromNanoseconds)
    var pieces = old.filter { $0.begin < now }
    var before = 0.0
    if var last = pieces.popLast() {
      last.cut(at: now)
      before = last.until
      if last.length > 0 { pieces.append(last) }
    }
    while pieces.count > Self.maximumPieces - 1 {
      let oldest = pieces.removeFirst()
      guard oldest.until > Double(begun), let next = pieces.first else { continue }
      pieces[0] = oldest.joined(next)
    }
    pieces.append(
      Piece(begin: now, length: .infinity, from: rate, to: rate, before: before, until: rate > 0 ? .infinity : before))
    return ArrivalSchedule(shape: .pieces(pieces))
  }

  /// How many of the arrivals 0, 1, 2, … are due before `limit`: `number` maps a process's own arrivals to the plan's.
  func count(before limit: Int64, atMost most: Int, number: (Int) -> Int) -> Int {
    guard limit > 0 else { return 0 }
    var (low, high) = (0, 1)
    while high < most, time(of: number(high)) < limit {
      low = high
      high = min(most, high.multipliedReportingOverflow(by: 2).overflow ? most : high &* 2)
    }
    high = min(high, most)
    while low < high {
      let middle = low &+ (high &- low) / 2
      if time(of: number(middle)) < limit { low = middle &+ 1 } else { high = middle }
    }
    return low
  }
}
